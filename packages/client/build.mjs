// npm run build -w @offerbook/client: types from the published document, then ES modules, CommonJS, and files for a web
// page without a bundler, into build/.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const published = path.resolve(here, '../../openapi/openapi.json');

await generate();
for (const format of ['esm', 'cjs']) {
  const out = path.join(here, 'build', format);
  fs.rmSync(out, { recursive: true, force: true });
  const isModule = format === 'esm';
  compile(
    '--module',
    isModule ? 'esnext' : 'node20',
    '--moduleResolution',
    isModule ? 'bundler' : 'node16',
    '--outDir',
    out,
  );
  const generated = path.join(here, 'build/generated/schema.d.ts');
  flatten(out, generated);
  fs.writeFileSync(path.join(out, 'package.json'), JSON.stringify({ type: isModule ? 'module' : 'commonjs' }));
}
forBrowsers();

/** Types of the document; a member with a default may be left out. */
async function generate() {
  const ast = await openapiTS(JSON.parse(fs.readFileSync(published, 'utf8')), { defaultNonNullable: false });
  const all = 'code: components["schemas"]["ProblemCode"];';
  const parts = astToString(ast).split(all);
  if (parts.length < 2) throw new Error('The document types no problem by its code');
  // Of a problem that is not `price_changed` nothing more is known; without that one its code tells them apart.
  const text = parts.join('code: Exclude<components["schemas"]["ProblemCode"], "price_changed">;');
  fs.mkdirSync(path.join(here, 'build/generated'), { recursive: true });
  fs.writeFileSync(path.join(here, 'build/generated/schema.d.ts'), text);
}

function compile(...options) {
  const tsc = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', path.join(here, 'tsconfig.json'), ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Puts the generated types beside those that refer to them, and names files as Node wants them in ES modules. */
function flatten(out, generated) {
  fs.copyFileSync(generated, path.join(out, 'schema.d.ts'));
  for (const name of fs.readdirSync(out).filter((file) => /\.(js|d\.ts)$/.test(file))) {
    const file = path.join(out, name);
    const source = fs.readFileSync(file, 'utf8').replaceAll('../build/generated/schema', './schema');
    fs.writeFileSync(file, source.replace(/(from\s+['"])(\.\/[\w-]+)(['"])/g, '$1$2.js$3'));
  }
}

/** The same modules with the one library beside them: a page may load `browser/index.js` as it is. */
function forBrowsers() {
  const out = path.join(here, 'build/browser');
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const library = path.join(path.dirname(require.resolve('openapi-fetch/package.json')), 'dist/index.mjs');
  fs.writeFileSync(path.join(out, 'openapi-fetch.js'), withoutSourceMap(fs.readFileSync(library, 'utf8')));
  const esm = path.join(here, 'build/esm');
  for (const name of fs.readdirSync(esm).filter((file) => file.endsWith('.js'))) {
    const text = fs.readFileSync(path.join(esm, name), 'utf8').replaceAll("'openapi-fetch'", "'./openapi-fetch.js'");
    fs.writeFileSync(path.join(out, name), withoutSourceMap(text));
  }
}

function withoutSourceMap(text) {
  return text.replace(/\n\/\/# sourceMappingURL=.*/, '');
}
