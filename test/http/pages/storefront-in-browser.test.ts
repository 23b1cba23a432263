import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type DemoKeys, loadDemo } from '../../../src/demo';
import { projectRoot } from '../../../src/project-root';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { type AppInBrowser, describeInBrowser, lookAt } from '../../support/processes/browser';

test('the example shop is short', () => {
  const shop = fs.readFileSync(path.join(projectRoot, 'examples/storefront/shop.js'), 'utf8');
  expect(shop.split('\n').length).toBeLessThan(300);
});

describeInBrowser('the example shop in a browser', (executablePath) => {
  let api: Api;
  let browser: AppInBrowser;
  let keys: DemoKeys;
  let page: Page;

  beforeAll(async () => {
    api = await startApi();
    keys = (await loadDemo(api.db, ADMIN_KEY)) as DemoKeys;
    browser = await lookAt(api, executablePath);
  });
  beforeEach(async () => {
    page = await browser.open(`/storefront#key=${keys.publishable}`, { locale: 'en-GB' });
    await page.locator('#plans button').first().waitFor();
  });
  afterEach(async () => {
    await page.close();
    expect(browser.complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await api?.drop();
  });

  const add = (name: string) => page.locator('#plans li', { hasText: name }).getByRole('button').click();

  test('lists plans with their prices, in two languages', async () => {
    const server = page.locator('#plans li', { hasText: 'Dedicated server S' });
    expect(await server.innerText()).toMatch(/€997.00\s+€948.00 a year[\s\S]*No setup fee/);
    await page.locator('#language').selectOption('de');
    await page.getByText('Dedizierter Server S').waitFor();
    await page.getByText('Keine Einrichtungsgebühr für ein Jahr').first().waitFor();
    expect(await page.locator('#plans').innerText()).toMatch(/948,00\s€ im Jahr/);
  });

  test('fills a cart, and says what a code does', async () => {
    await add('Dedicated server M');
    await page.locator('#totals', { hasText: '€1,168.00' }).waitFor();
    await page.locator('#code').fill('no-such-code');
    await page.locator('#code').press('Enter');
    await page.getByText('no-such-code: We do not know this code.').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nothing yet.').waitFor();
  });

  test('offers what goes well with the cart, and tells what is missing for more', async () => {
    await add('Dedicated server S');
    await page.locator('#nudges', { hasText: 'Only €52.00 more, and you save €20.00.' }).waitFor();
    await page.locator('#offers li', { hasText: 'Backup space: €6.00' }).getByRole('button').click();
    await page.locator('#lines li', { hasText: 'Backup space' }).waitFor();
    expect(await page.locator('#offers').innerText()).not.toContain('Backup space');
  });

  test('adds a gift by itself, once, and keeps the keyboard where it was', async () => {
    const button = page.locator('#plans li', { hasText: 'Dedicated server S' }).getByRole('button');
    await button.focus();
    await page.keyboard.press('Enter');
    const gift = page.locator('#lines li', { hasText: 'Installation by our engineers' });
    await gift.getByText('€0.00').waitFor();
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await gift.getByRole('button', { name: 'Remove' }).click();
    await gift.waitFor({ state: 'detached' });
    await page.locator('#offers li', { hasText: 'We set up your server, as a gift: €0.00' }).waitFor();
  });

  test('lets the customer change a plan or keep it', async () => {
    await page.locator('#subscribed').check();
    await add('Web Pro, yearly');
    await page.getByText('Change my plan').click();
    // Half of the month that was paid comes back.
    await page.locator('#totals', { hasText: /Due today\s*€13\d\.\d\d/ }).waitFor();
    const labels = await page.locator('#choices label').allInnerTexts();
    expect(labels.join(' ')).toMatch(/Change my plan[\s\S]*ends today[\s\S]*Keep my plan/);
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});
