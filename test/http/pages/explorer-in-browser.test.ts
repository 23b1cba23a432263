import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { type DemoKeys, loadDemo } from '../../../src/demo';
import { RulebookCache } from '../../../src/services/caching/rulebook-cache';
import { Simulator } from '../../../src/services/simulating/simulator';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { type AppInBrowser, describeInBrowser, lookAt } from '../../support/processes/browser';

describeInBrowser('the explorer in a browser', (executablePath) => {
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
    page = await browser.open('/explorer');
    await page.locator('#cart[data-example="quote.json"]').waitFor();
  });
  afterEach(async () => {
    await page.close();
    browser.complaints.length = 0;
  });
  afterAll(async () => {
    await browser?.close();
    await api?.drop();
  });

  /** Quotes what the form holds, by keyboard alone. */
  async function quote(key: string): Promise<void> {
    await page.locator('#key').fill(key);
    await page.locator('#cart').press('Control+Enter');
    await page.locator('#answer section').first().waitFor();
  }

  async function choose(example: string): Promise<void> {
    await page.locator('#example').selectOption(example);
    await page.locator(`#cart[data-example="${example}"]`).waitFor();
  }

  const heading = (text: string) => page.getByRole('heading', { name: text });
  const part = (text: string) => page.locator('section', { has: heading(text) });

  test('shows the price step by step, why not, what is paid when, and the upgrade paths', async () => {
    await quote(keys.secret);
    expect(await page.locator('.total').innerText()).toBe('1127.55 EUR');
    expect(await page.getByRole('img', { name: /^Price of server: 1188.00 less 195.80 is 992.20/ }).count()).toBe(1);
    expect(await part('Codes').innerText()).toMatch(/SPRING15\s+applied/);
    expect(await part('Why not').innerText()).toMatch(/Reseller, 20 %\s+not recipient/);
    expect(await part('Payments').innerText()).toContain('1120.05');
    expect(await part('Switch to yearly: hosting').innerText()).toMatch(/credit 7.50/);
    expect(
      await part('Forecast')
        .getByRole('img', { name: /^Payments ahead/ })
        .count(),
    ).toBe(1);
    expect(
      await part('Upgrade paths')
        .getByRole('img', { name: /monthly to yearly/ })
        .count(),
    ).toBe(1);
    expect(await part('As code').innerText()).toContain('curl');
    expect(browser.complaints).toEqual([]);
  });

  test('lays a draft beside the stored rules', async () => {
    await choose('quote-draft.json');
    await quote(keys.secret);
    expect(await part('Draft and stored rules').innerText()).toMatch(/Black Friday, 40 %\s+–\s+475.20\s+\+475.20/);
  });

  test('tries a draft on the orders of a time', async () => {
    const line = { id: 'a', serviceType: 'books', unitPrice: '100.00' };
    const order = { orderId: 'explored', quote: { currency: 'EUR', lines: [line] } };
    const { id } = (await api.as('demo').post('/v1/redemptions').send(order).expect(201)).body;
    const rulebooks = new RulebookCache({ bytes: 1e8 });
    const simulator = new Simulator({ db: api.db, log: pino({ level: 'silent' }), rulebooks });
    simulator.start();
    try {
      await page.locator('#key').fill(keys.secret);
      await page.getByText('Draft: unsaved rules over the stored ones').click();
      const half = { name: 'Half', value: { type: 'percent', percent: '50' }, selector: { serviceTypes: ['books'] } };
      await page.locator('#draft').fill(JSON.stringify({ discounts: [half] }));
      await page.getByRole('button', { name: 'Simulate' }).click();
      await heading('Changed orders').waitFor();
      expect(await part('Impact on orders').innerText()).toMatch(/1 of 1 orders would have another price/);
      expect(await part('Impact on orders').innerText()).toMatch(new RegExp(`${id}\\s+EUR\\s+100.00\\s+50.00`));
      expect(browser.complaints).toEqual([]);
    } finally {
      await simulator.stop();
    }
  });

  test('tells what is wrong with a cart', async () => {
    await page.locator('#cart').fill('{"currency": "EUR", "lines": [{}], "promoCode": "x"}');
    await page.locator('#key').fill(keys.secret);
    await page.locator('#cart').press('Control+Enter');
    const problem = page.locator('#problem');
    await problem.locator('li').first().waitFor();
    expect(await problem.innerText()).toMatch(
      /422 invalid request[\s\S]*\/promoCode is not known here: did you mean "promoCodes"\?/,
    );
    await page.locator('#cart').fill('{"currency"');
    await page.locator('#cart').press('Control+Enter');
    await page.getByText('The cart is not JSON').waitFor();
    expect(
      await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])'),
    ).not.toContain(keys.secret);
  });

  test('works with a publishable key, in a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    await choose('quote-storefront.json');
    await quote(keys.publishable);
    expect(await page.locator('.total').innerText()).toBe('310.50 EUR');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(browser.complaints).toEqual([]);
  });

  test('the first page says that the service is ready, and leads to the others', async () => {
    const home = await browser.open('/');
    await home.getByText('ready', { exact: true }).waitFor();
    const links = await home.locator('h2 a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(['/explorer', '/docs', '/storefront']);
    await home.close();
    expect(browser.complaints).toEqual([]);
  });
});
