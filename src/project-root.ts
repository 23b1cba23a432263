import fs from 'node:fs';
import path from 'node:path';

/** The folder that holds package.json, migrations, examples and openapi, the same from `src` and from `build/dist/src`. */
export const projectRoot: string = path.resolve(
  __dirname,
  // A fixed number of steps, not a search: tsc may copy a package.json into build/dist.
  __dirname.endsWith(path.join('build', 'dist', 'src')) ? '../../..' : '..',
);

/** The version of this release. */
export const VERSION: string = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8')).version;
