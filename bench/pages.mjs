// node bench/pages.mjs [url]: what the pages cost a browser, as the time that its main thread is at work. Without a url the
// built service is started on a database of its own. It asserts nothing.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = BROWSERS.find((file) => fs.existsSync(file));
if (executablePath === undefined) {
  process.stdout.write('NOT RUN: no Chromium is installed on this machine.\n');
  process.exit(0);
}

const service = process.argv[2] === undefined ? await startService() : { url: process.argv[2], stop: () => undefined };
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  await measureSwaggerUi();
} finally {
  await browser.close();
  service.stop();
}

async function measureSwaggerUi() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  const client = await page.context().newCDPSession(page);
  // Time on the processor: what else the machine does must not count.
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  let before = 0;
  await page.goto(`${service.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  row('/docs', (await settled(page, busy)) - before);
  const spent = [];
  // Not as a mouse would: looking for the place to click is work for the page as well.
  const click = (place) => place.evaluate((element) => element.click());
  const tags = await page.locator('.opblock-tag-section').count();
  for (let index = 0; index < tags; index++) {
    // Nobody opens all of them one after the other.
    await page.goto('about:blank');
    await page.goto(`${service.url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const section = page.locator('.opblock-tag-section').nth(index);
    const tag = section.locator('.opblock-tag');
    if ((await section.locator('.opblock').count()) === 0) await click(tag);
    await section.locator('.opblock').first().waitFor();
    for (const block of await section.locator('.opblock').all()) {
      const id = await block.getAttribute('id');
      const summary = block.locator('.opblock-summary-control');
      before = await settled(page, busy);
      await click(summary);
      await block.locator('.opblock-body').waitFor();
      spent.push([id.split('-').at(-1), (await settled(page, busy)) - before]);
      await click(summary);
    }
  }
  spent.sort((a, b) => b[1] - a[1]);
  for (const [name, seconds] of spent.slice(0, 5)) row(name, seconds);
  row(`median of ${spent.length} operations`, spent[spent.length >> 1][1]);
  await page.close();
}

/** The time at work once the page has come to rest. */
async function settled(page, busy) {
  for (let before = -1, now = await busy(); ; before = now, now = await busy()) {
    if (now - before < 0.005) return now;
    await page.waitForTimeout(100);
  }
}

function row(name, seconds) {
  process.stdout.write(`${name.padEnd(36)}${(seconds * 1000).toFixed(0).padStart(6)} ms\n`);
}

async function startService() {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-pages-'));
  const child = spawn(process.execPath, [path.join(root, 'build/dist/src/main.js')], {
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const part of child.stdout) {
    text += part;
    const [, port] = /Offerbook +http:\/\/[^:]+:(\d+)/.exec(text) ?? [];
    if (port === undefined) continue;
    child.stdout.resume();
    child.once('exit', () => fs.rmSync(dataDir, { recursive: true, force: true }));
    return { url: `http://127.0.0.1:${port}`, stop: () => child.kill('SIGTERM') };
  }
  throw new Error(`The service ended:\n${text}`);
}
