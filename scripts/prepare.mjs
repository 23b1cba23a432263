// What a fresh clone lacks: dependencies and the build. Node's own modules only, since nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stamp = path.join(root, 'build/stamp');
const BUILD_INPUTS = [
  'src',
  'scripts',
  'packages/client/src',
  'packages/client/build.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsoa.json',
];

/** Refuses a Node that is too old, with a sentence instead of a syntax error later. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Offerbook needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs `npm ci` unless node_modules already is what package-lock.json says. */
export function installMissing() {
  if (isInstalled()) return;
  console.log('Installing dependencies (npm ci) …');
  npm('ci', '--include=dev', '--include=optional');
}

/** Generates and compiles unless the build was made from the same sources. */
export function buildIfStale() {
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === fingerprint()) return;
  console.log('Building …');
  npm('run', '--silent', 'build');
}

/** Notes what the build was made from. */
export function markBuilt() {
  fs.writeFileSync(stamp, fingerprint());
}

/** Runs a program in the project's folder with its output shown; ends this process when it fails. */
export function run(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(`${command} could not be run: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs a script of the project in this process, with its arguments, as if it had been started directly. */
export function become(script) {
  process.chdir(root);
  process.argv[1] = path.join(root, script);
  Module.runMain();
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) run(process.execPath, cli, ...args);
  else run('npm', ...args);
}

/** Compares versions, not file times: a checkout or a copy changes the times of files that stayed the same. */
function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true;
    return installed[name] ? installed[name].version === version : optional === true;
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of BUILD_INPUTS.flatMap((input) => filesBelow(path.join(root, input)))) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(entry) {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [entry];
  return fs
    .readdirSync(entry)
    .sort()
    .flatMap((name) => filesBelow(path.join(entry, name)));
}
