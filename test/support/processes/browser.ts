import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Api } from '../api';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** What a browser would otherwise ask of its maker's servers, and what it cannot do as root. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A busy machine is no fault of a page. */
const PATIENCE_MS = 120_000;

/** A browser that looks at an app. */
export interface AppInBrowser {
  /** Opens a page of the app. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the pages complained about. */
  complaints: string[];
  close(): Promise<void>;
}

/** Describes tests in a browser; where none is installed, one test that says so stands for them. */
export function describeInBrowser(name: string, tests: (executablePath: string) => void): void {
  const executablePath = BROWSERS.find((file) => fs.existsSync(file));
  if (executablePath) {
    describe(name, () => tests(executablePath));
  } else {
    test(`${name}: no browser is installed`, () => {
      process.stderr.write(`\nNOT RUN: ${name}, because no Chromium is installed on this machine.\n`);
      expect(BROWSERS.filter((file) => fs.existsSync(file))).toEqual([]);
    });
  }
}

/** Serves an app on a free port and starts a browser. */
export async function lookAt({ app }: Api, executablePath: string): Promise<AppInBrowser> {
  const server = http.createServer(app);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
  const complaints: string[] = [];
  return {
    complaints,
    async open(path, options = { viewport: { width: 1280, height: 1600 } }) {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
