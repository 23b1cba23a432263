// npm run generate: reads the controllers and the wire types; writes the routes to build/generated and the published
// document to openapi/openapi.json.
import fs from 'node:fs';
import path from 'node:path';
import tsoa from 'tsoa';
import { finalize } from './finalize-openapi.mjs';
import { root } from './prepare.mjs';

process.chdir(root);
fs.mkdirSync('build/generated', { recursive: true });
const { referenceTypeMap } = await tsoa.generateSpecAndRoutes({ configuration: 'tsoa.json' });
const spec = finalize(readJson('build/generated/openapi.raw.json'), referenceTypeMap, readExamples());
fs.writeFileSync('openapi/openapi.json', `${JSON.stringify(spec, null, 2)}\n`);

/** One file per tag: by operation id the path parameters, body and answer that "Try it out" begins with. */
function readExamples() {
  const folder = 'openapi/examples';
  const files = fs.readdirSync(folder).sort();
  return Object.assign({}, ...files.map((file) => readJson(path.join(folder, file))));
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
