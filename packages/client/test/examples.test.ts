import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openApi } from '../../../src/http/contract/openapi';
import { projectRoot } from '../../../src/project-root';

const client = path.join(projectRoot, 'packages/client');
/** Outside of this repository: what is found here must not come from its packages. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-client-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

interface Body {
  content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
}

/** The TypeScript in a page. */
function snippets(file: string): string[] {
  const text = fs.readFileSync(path.join(projectRoot, file), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] as string);
}

/** Every example of a body, as a constant of the type that the client takes there. */
function typedBodies(): string {
  const lines = ["import type { operations } from '@offerbook/client';"];
  for (const { operationId, requestBody } of Object.values(openApi.paths).flatMap((path) => Object.values(path))) {
    for (const [type, { example, examples }] of Object.entries((requestBody as Body | undefined)?.content ?? {})) {
      const values = [
        ...(example === undefined ? [] : [example]),
        ...Object.values(examples ?? {}).map((e) => e.value),
      ];
      const body = `NonNullable<operations['${operationId}']['requestBody']>['content']['${type}']`;
      for (const value of values) lines.push(typed(body, value));
    }
  }
  return lines.join('\n');
}

function typed(type: string, value: unknown): string {
  return `{ const body: ${type} = ${JSON.stringify(value)}; void body; }`;
}

/** Runs a program; answers what it prints. */
function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Compiles a project; what it complains of is on the standard output. */
function tsc(project: string): { status: number | null; stdout: string } {
  const compiler = path.join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  return { status, stdout };
}

describe('the package', () => {
  beforeAll(() => {
    run(process.execPath, [path.join(client, 'build.mjs')], client);
    const packed = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], client));
    // Not a link to this folder, but what anybody gets; its only dependency is here already.
    const dependencies = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) =>
      path.join(projectRoot, 'node_modules', name),
    );
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true }));
    const how = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'];
    run('npm', ['install', ...how, path.join(folder, packed[0].filename), ...dependencies], folder);
  });

  test('the package has no more than is needed to use it', () => {
    const installed = path.join(folder, 'node_modules/@offerbook/client');
    expect(fs.readdirSync(installed).toSorted()).toEqual(['LICENSE', 'README.md', 'build', 'package.json']);
    expect(fs.readdirSync(path.join(installed, 'build')).toSorted()).toEqual(['browser', 'cjs', 'esm']);
  });

  test('the package is documented by examples that compile, and every example of a body is one', () => {
    const pages = ['packages/client/README.md', 'README.md'].flatMap(snippets);
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((text, index) => {
      fs.writeFileSync(path.join(folder, `page-${index}.mts`), `${text}\nexport {};\n`);
    });
    fs.writeFileSync(path.join(folder, 'bodies.mts'), typedBodies());
    fs.writeFileSync(path.join(folder, 'narrow.cts'), NARROWED);
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
    expect(tsc(folder)).toEqual({ status: 0, stdout: '' });
  });

  test('the package is used by the example shop as its types say', () => {
    const shop = path.join(folder, 'shop');
    // Where the page finds the client when it is served.
    fs.mkdirSync(path.join(shop, 'client'), { recursive: true });
    fs.writeFileSync(path.join(shop, 'client/index.d.ts'), "export * from '@offerbook/client';\n");
    const compilerOptions = {
      ...COMPILER.compilerOptions,
      allowJs: true,
      checkJs: true,
      noImplicitAny: false,
      rootDirs: [projectRoot, shop],
    };
    const files = [path.join(projectRoot, 'examples/storefront/shop.js')];
    fs.writeFileSync(path.join(shop, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    expect(tsc(shop)).toEqual({ status: 0, stdout: '' });
  });

  test.each([
    ['require', 'commonjs', "const offerbook = require('@offerbook/client');"],
    ['import', 'module', "import * as offerbook from '@offerbook/client';"],
  ])('the package can be had by %s, and asks a service', (_way, type, having) => {
    const program = `${having}
      const fetch = async ({ url }) => Response.json({ url }, { status: 200 });
      const { quote } = offerbook.createOfferbook({ baseUrl: 'http://shop.example', key: 'ob_pub_x', fetch });
      quote({ currency: 'EUR', lines: [] }).then(({ url }) => console.log(Object.keys(offerbook).sort().join(), url));`;
    const printed = run(process.execPath, [`--input-type=${type}`, '-e', program], folder);
    expect(printed.trim()).toBe('OfferbookError,createOfferbook,isProblem http://shop.example/v1/quote');
  });
});

/** What the types have to know, from CommonJS: members with a default may be left out, and a code tells problems apart. */
const NARROWED = `import client = require('@offerbook/client');
const offerbook = client.createOfferbook({ baseUrl: 'http://localhost:3000', key: 'x' });
export async function narrow(): Promise<string> {
  const { data, error } = await offerbook.api.POST('/v1/redemptions', {
    body: { orderId: 'o1', quote: { currency: 'EUR', lines: [{ id: 'a', serviceType: 'vps', unitPrice: '1.00' }] } },
  });
  if (data) return data.quote.totals.total;
  if (error.code === 'price_changed') return error.quote.totals.total;
  // @ts-expect-error Only a changed price has a quote.
  error.quote;
  // @ts-expect-error There is no such code.
  if (error.code === 'price_change') return '';
  return error.detail;
}
`;

const COMPILER = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    moduleDetection: 'force',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  },
  include: ['*.mts', '*.cts'],
};
