// npm run generate: reads the controllers and the wire types; writes the routes to build/generated and the published
// document to openapi/openapi.json.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import tsoa from 'tsoa';
import { finalize } from './finalize-openapi.mjs';
import { root } from './prepare.mjs';

process.chdir(root);
fs.mkdirSync('build/generated', { recursive: true });
fs.writeFileSync('build/generated/routes.hbs', routesTemplate());
const { referenceTypeMap } = await tsoa.generateSpecAndRoutes({ configuration: 'tsoa.json' });
const spec = finalize(readJson('build/generated/openapi.raw.json'), referenceTypeMap, {
  examples: readExamples(),
  kinds: readJson('openapi/kinds.json'),
  components: readJson('openapi/components.json'),
});
fs.writeFileSync('openapi/openapi.json', `${JSON.stringify(spec, null, 2)}\n`);

/** Returns tsoa's template of the routes, with our service in the place of the one that checks arguments. */
function routesTemplate() {
  const tsoaCli = path.dirname(createRequire(import.meta.url).resolve('@tsoa/cli/package.json'));
  const original = fs.readFileSync(path.join(tsoaCli, 'dist/routeGeneration/templates/express.hbs'), 'utf8');
  const replacements = [
    [
      "import {  fetchMiddlewares, ExpressTemplateService } from '@tsoa/runtime';",
      "import { fetchMiddlewares } from '@tsoa/runtime';\n" +
        "import { CheckedTemplateService } from '../../src/http/routing/template-service';",
    ],
    ['new ExpressTemplateService(', 'new CheckedTemplateService('],
  ];
  return replacements.reduce((template, [theirs, ours]) => {
    const parts = template.split(theirs);
    if (parts.length !== 2) throw new Error(`tsoa's template holds ${theirs} ${parts.length - 1} times, not once`);
    return parts.join(ours);
  }, original);
}

/**
 * One file per tag: by operation id the path parameters, body and answer that "Try it out" begins with. What `examples`
 * holds is not said again, but referred to.
 */
function readExamples() {
  const folder = 'openapi/examples';
  const files = fs.readdirSync(folder).sort();
  const examples = Object.assign({}, ...files.map((file) => resolved(readJson(path.join(folder, file)))));
  // What operations really answered, as a test recorded it; a problem with its status.
  for (const [recorded, answer] of Object.entries(readJson('openapi/answers.json'))) {
    const [operation, status] = recorded.split(' ');
    const shown = status === undefined ? { answer } : { problems: { [status]: answer } };
    examples[operation] = { ...shown, ...examples[operation] };
  }
  return examples;
}

/** The same value with every `{ "$ref": "examples/catalog.json#/promotions/welcome" }` replaced by what it names. */
function resolved(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value.$ref !== 'string') {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member)]));
  }
  const [file, pointer = ''] = value.$ref.split('#');
  const named = pointer.split('/').slice(1).reduce(memberOf, readJson(file));
  if (named === undefined) throw new Error(`There is nothing at ${value.$ref}`);
  return named;
}

/** In a list the step of a pointer is the key, id or code of an entry: a place in the list would not stay the same. */
function memberOf(parent, step) {
  if (!Array.isArray(parent)) return parent?.[step];
  return parent.find(({ key, id, code }) => [key, id, code].includes(step));
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
