import type { Page } from 'playwright-core';
import { type Api, startApi } from '../../support/api';
import { type AppInBrowser, describeInBrowser, lookAt } from '../../support/processes/browser';

describeInBrowser('Swagger UI in a browser', (executablePath) => {
  let api: Api;
  let browser: AppInBrowser;
  let page: Page;

  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('demo');
    browser = await lookAt(api, executablePath);
    page = await browser.open('/docs');
    await page.locator('.opblock').first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await api?.drop();
  });

  /** Enters a key, and a provider where the key needs one, in the dialog that the button opens. */
  async function authorize(key: string, provider?: string): Promise<void> {
    await page.locator('.auth-wrapper .authorize').first().click();
    const dialog = page.locator('.dialog-ux');
    for (const logout of await dialog.getByRole('button', { name: 'Remove authorization' }).all()) await logout.click();
    await enter('bearer', key);
    if (provider !== undefined) await enter('provider', provider);
    await dialog.locator('.btn-done').first().click();
  }

  async function enter(scheme: string, value: string): Promise<void> {
    const form = page.locator('.dialog-ux .auth-container').filter({ hasText: `${scheme} (` });
    await form.locator('input').fill(value);
    await form.locator('.auth.authorize').click();
  }

  /** Opens an operation, tries it out as it stands and answers the status. */
  async function tryOut(tag: string, operationId: string): Promise<string> {
    const block = page.locator(`.opblock[id$="-${operationId}"]`);
    if ((await block.count()) === 0) await page.locator(`#operations-tag-${tag}`).click();
    await block.waitFor();
    if (!(await block.evaluate((element) => element.classList.contains('is-open')))) {
      await block.locator('.opblock-summary-control').click();
      await block.locator('.try-out__btn').click();
    }
    await block.locator('.execute').click();
    const answer = block.locator('.live-responses-table .response-col_status').nth(1);
    await answer.waitFor();
    return (await answer.innerText()).trim();
  }

  test('every tag of the document is shown, and the browser has nothing to complain about', async () => {
    const tags = await page.locator('.opblock-tag').allInnerTexts();
    expect(tags.join(' ')).toMatch(/Quotes.*Promotions.*Providers.*System/s);
    expect(browser.complaints).toEqual([]);
  });

  test('the dialog for keys opens with the cursor in the field for the key', async () => {
    await page.locator('.auth-wrapper .authorize').first().click();
    const field = page.locator('.dialog-ux .auth-container').filter({ hasText: 'bearer (' }).locator('input');
    await field.and(page.locator(':focus')).waitFor();
    await page.locator('.dialog-ux .close-modal').click();
    expect(await page.locator('.dialog-ux').count()).toBe(0);
  });

  test('an operation fits into a narrow window', async () => {
    const narrow = await browser.open('/docs', { viewport: { width: 360, height: 700 } });
    await narrow.locator('.opblock[id$="-quote"] .opblock-summary-control').click();
    await narrow.locator('.opblock[id$="-quote"] .responses-table').waitFor();
    expect(await narrow.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await narrow.close();
  });

  test('a publishable key quotes the example cart', async () => {
    await authorize(await api.createKey('demo', 'publishable'));
    expect(await tryOut('Quotes', 'quote')).toMatch(/^200/);
  });

  test('the admin key acts for the provider that is entered beside it', async () => {
    await authorize('test-admin-key', 'demo');
    expect(await tryOut('Promotions', 'listPromotions')).toMatch(/^200/);
    expect(await tryOut('Providers', 'listProviders')).toMatch(/^200/);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain('test-admin-key');
  });
});
