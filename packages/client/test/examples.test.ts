import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openApi } from '../../../src/http/contract/openapi';
import { projectRoot } from '../../../src/project-root';

const client = path.join(projectRoot, 'packages/client');
const folder = path.join(client, 'build/examples');

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

/** Compiles a project; what it complains of is on the standard output. */
function tsc(project: string): { status: number | null; stdout: string } {
  const compiler = path.join(projectRoot, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  return { status, stdout };
}

describe('examples of the client', () => {
  beforeAll(() => {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const build = spawnSync(process.execPath, [path.join(client, 'build.mjs')], { encoding: 'utf8' });
    expect({ status: build.status, output: build.stdout + build.stderr }).toEqual({ status: 0, output: '' });
  }, 120_000);

  test('all of them compile', () => {
    const pages = ['packages/client/README.md', 'README.md'].flatMap(snippets);
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((text, index) => {
      fs.writeFileSync(path.join(folder, `page-${index}.mts`), `${text}\nexport {};\n`);
    });
    fs.writeFileSync(path.join(folder, 'bodies.mts'), typedBodies());
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
    expect(tsc(folder)).toEqual({ status: 0, stdout: '' });
  }, 120_000);

  test.each([
    ['require', '--input-type=commonjs', "console.log(Object.keys(require('@offerbook/client')).sort().join())"],
    [
      'import',
      '--input-type=module',
      "import * as c from '@offerbook/client'; console.log(Object.keys(c).sort().join())",
    ],
  ])('the built package can be had by %s', (_way, type, program) => {
    const { stdout } = spawnSync(process.execPath, [type, '-e', program], { cwd: client, encoding: 'utf8' });
    expect(stdout.trim()).toBe('OfferbookError,createOfferbook,isProblem');
  });
});

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
    skipLibCheck: true,
  },
  include: ['*.mts'],
};
