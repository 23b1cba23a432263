import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../database/errors';
import { type Account, renameUnlessThere } from './postgres-binaries';

/** Runs initdb beside the cluster and renames: a kill at any point leaves either no cluster or a whole one. */
export async function createCluster(native: string, link: string, account: Account): Promise<void> {
  if (fs.existsSync(path.join(link, 'PG_VERSION'))) return;
  const cluster = fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(link) : link;
  removeAbandoned(cluster);
  const unfinished = `${cluster}.init-${process.pid}`;
  fs.mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  if (account) fs.chownSync(unfinished, account.uid, account.gid);
  const flags = [
    '-U',
    'postgres',
    '--auth=trust',
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const initdb = spawn(path.join(native, 'bin/initdb'), ['-D', unfinished, '--locale=C', ...flags], {
    ...account,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  initdb.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => initdb.once('error', reject).once('close', resolve));
  if (code !== 0) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    throw new Error(`The embedded database could not be created in ${cluster}: ${complaint.trim()}`);
  }
  renameUnlessThere(unfinished, cluster);
}

/** Clears what a killed first start left; the folder of a process that still runs is left alone. */
function removeAbandoned(cluster: string): void {
  const prefix = `${path.basename(cluster)}.init-`;
  const folder = path.dirname(cluster);
  for (const name of fs.readdirSync(folder).filter((entry) => entry.startsWith(prefix))) {
    const pid = Number(name.slice(prefix.length));
    if (pid !== process.pid && isAlive(pid)) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Returns the server that runs on the cluster; a postmaster.pid whose pid now belongs to something else is removed. */
export function clusterOwner(cluster: string): { pid: number; stopping: boolean } | undefined {
  const file = path.join(cluster, 'postmaster.pid');
  const lines = (readIfThere(file) ?? '').split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  // PostgreSQL itself clears the file of a dead process, after a check that no orphan still uses the memory.
  if (!isAlive(pid)) return undefined;
  const program = programOf(pid);
  // The eighth line is the server's state.
  if (program === undefined || path.basename(program) === 'postgres') {
    return { pid, stopping: lines[7]?.trim() === 'stopping' };
  }
  fs.rmSync(file, { force: true });
  return undefined;
}

function programOf(pid: number): string | undefined {
  if (process.platform === 'linux') return readIfThere(`/proc/${pid}/cmdline`)?.split('\0')[0];
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || undefined;
}

/** A file that another process may remove at any moment. */
function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Nothing of the caller's PG* variables or locale may reach the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
