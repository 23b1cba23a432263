// npm run build: generates routes and the OpenAPI document, builds the client, then compiles into a new folder that takes the old one's
// place, so that a service started meanwhile never finds half a build.
import fs from 'node:fs';
import path from 'node:path';
import { markBuilt, root, run } from './prepare.mjs';

const next = path.join(root, 'build/next');
const dist = path.join(root, 'build/dist');

run(process.execPath, 'scripts/generate-openapi.mjs');
fs.rmSync(next, { recursive: true, force: true });
run(process.execPath, 'node_modules/typescript/bin/tsc', '--outDir', next);
run(process.execPath, 'packages/client/build.mjs');
fs.rmSync(dist, { recursive: true, force: true });
fs.renameSync(next, dist);
markBuilt();
