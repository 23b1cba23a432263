// npm run spec:check: fails when openapi/openapi.json is not what the sources say, or is not clean.
import fs from 'node:fs';
import path from 'node:path';
import { root, run } from './prepare.mjs';

const spec = path.join(root, 'openapi/openapi.json');
const committed = fs.existsSync(spec) ? fs.readFileSync(spec, 'utf8') : undefined;
run(process.execPath, 'scripts/generate-openapi.mjs');
if (fs.readFileSync(spec, 'utf8') !== committed) {
  console.error('openapi/openapi.json was stale and has been regenerated: commit it.');
  process.exit(1);
}
// The linter otherwise reports its use and looks for updates over the network.
Object.assign(process.env, { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
run(
  process.execPath,
  'node_modules/@redocly/cli/bin/cli.js',
  'lint',
  '--config=openapi/redocly.yaml',
  'openapi/openapi.json',
);
