import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { isNotYetUp } from '../database/unreachable';
import {
  type Account,
  canReach,
  linkLibraries,
  locateBinaries,
  reachableBinaries,
  SHARED_FOLDER,
} from './postgres-binaries';
import { clusterOwner, createCluster, serverEnvironment } from './postgres-cluster';

/** The database that the service's tables live in. */
const DATABASE = 'offerbook';
/** Only names the socket file: the server listens on no network port. */
const PORT = 5432;
/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const READY_WITHIN_MS = 60_000;
/** A server whose service was killed needs a moment to notice; a longer wait means that another process uses the folder. */
const NOTICED_WITHIN_MS = 3_000;
/** Once it is stopping, it first writes its memory to disk. */
const STOPPED_WITHIN_MS = 60_000;
const FAST_STOP_WITHIN_MS = 30_000;

/** A running PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  connectionString: string;
  /** Settles when the server has ended, asked to or not. */
  ended: Promise<void>;
  /** Ends the server cleanly; safe to call again. */
  stop(): Promise<void>;
}

/** What to start: the folder, which belongs to the launcher alone, and server settings such as `fsync`. */
export interface EmbeddedPostgresOptions {
  dataDir: string;
  settings?: Record<string, string | number | boolean>;
}

/** Starts the PostgreSQL that npm installed on `dataDir`, creating the cluster on first use; it ends with this process, even on kill -9. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const installed = locateBinaries();
  linkLibraries(installed);
  const dataDir = path.resolve(options.dataDir);
  fs.mkdirSync(dataDir, { recursive: true });
  const cluster = path.join(dataDir, 'postgres');
  const account = chooseAccount(cluster);
  const native = account ? reachableBinaries(installed, account) : installed;
  if (account) makeReachable(dataDir, cluster, account);
  await createCluster(native, cluster, account);

  const began = Date.now();
  for (;;) {
    const owner = clusterOwner(cluster);
    if (owner === undefined) {
      const server = await launch(native, cluster, account, options.settings ?? {});
      if (server) return server;
    }
    if (Date.now() - began > (owner?.stopping ? STOPPED_WITHIN_MS : NOTICED_WITHIN_MS)) {
      throw new Error(
        `The database in ${dataDir} is in use by another process${owner ? ` (PostgreSQL ${owner.pid})` : ''}. ` +
          'Stop it, choose another DATA_DIR, or set DATABASE_URL.',
      );
    }
    await pause(100);
  }
}

function chooseAccount(cluster: string): Account {
  if (process.getuid?.() !== 0) return undefined;
  // A folder is served as the user who created it, so that this user can keep using it.
  const owner = fs.statSync(cluster, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: NOBODY, gid: NOBODY };
}

function makeReachable(dataDir: string, cluster: string, account: NonNullable<Account>): void {
  fs.chmodSync(dataDir, fs.statSync(dataDir).mode | 0o011);
  if (canReach(dataDir, account) || fs.lstatSync(cluster, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const elsewhere = path.join(SHARED_FOLDER, randomUUID());
  fs.mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  fs.symlinkSync(path.join(elsewhere, 'postgres'), cluster);
}

/**
 * The server's parent shell leaves a guard behind and becomes the server. The guard waits on a pipe that only this process
 * holds open: a line means that all is well, its end without one that this process died. It is a grandchild because
 * the server would report the end of a child that it does not know.
 */
const GUARDED = `
pg=$$ folder=$1; shift
( ( if ! read -r line <&3; then
      kill -INT "$pg" 2>/dev/null
      while kill -0 "$pg" 2>/dev/null; do sleep 0.1; done
      rm -rf "$folder"
    fi ) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/** Starts the server and waits until it answers; undefined when another server took the cluster first. */
async function launch(
  native: string,
  cluster: string,
  account: Account,
  settings: Record<string, string | number | boolean>,
): Promise<EmbeddedPostgres | undefined> {
  // Not the system's temporary folder: a socket's path may have 103 characters, and that of macOS alone takes 50.
  const socketFolder = fs.mkdtempSync('/tmp/offerbook-');
  if (account) fs.chownSync(socketFolder, account.uid, account.gid);
  const options: Record<string, string | number | boolean> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    port: PORT,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Refused statements reach the caller; in the log they would only repeat customers' values.
    log_min_messages: 'log',
    log_checkpoints: false,
    ...settings,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = path.join(path.dirname(cluster), 'postgres.log');
  const log = fs.openSync(logFile, 'w', 0o600);
  const command = [
    '-c',
    GUARDED,
    'guard',
    socketFolder,
    path.join(native, 'bin/postgres'),
    '-D',
    fs.realpathSync(cluster),
  ];
  // Detached, so that Ctrl-C reaches only this process, which then stops the server in order.
  const child = spawn('/bin/sh', [...command, ...flags], {
    ...account,
    cwd: '/',
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  fs.closeSync(log);
  const pipe = child.stdio[3] as Socket;
  pipe.on('error', () => undefined);
  pipe.unref();
  child.unref();
  let running = true;
  const ended = new Promise<void>((resolve) => {
    const settle = () => {
      running = false;
      pipe.end('ended\n');
      fs.rmSync(socketFolder, { recursive: true, force: true });
      resolve();
    };
    child.once('exit', settle).once('error', settle);
  });

  const connectionString = `postgresql://postgres@localhost:${PORT}/${DATABASE}?host=${encodeURIComponent(socketFolder)}`;
  const stop = () => stopServer(child, ended, () => running);
  try {
    await ensureDatabase(connectionString, () => running);
  } catch (error) {
    await stop();
    const messages = fs.readFileSync(logFile, 'utf8');
    if (messages.includes('lock file "postmaster.pid" already exists')) return undefined;
    throw new Error(`The embedded database in ${cluster} did not start: ${messages.trim() || String(error)}`);
  }
  return { connectionString, ended, stop };
}

/** Waits until the server answers and creates the service's database where it is missing. */
async function ensureDatabase(connectionString: string, isRunning: () => boolean): Promise<void> {
  const maintenance = new URL(connectionString);
  maintenance.pathname = '/postgres';
  const deadline = Date.now() + READY_WITHIN_MS;
  while (isRunning()) {
    const client = new Client({ connectionString: maintenance.href });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
      return;
    } catch (error) {
      if (!isNotYetUp(error) || Date.now() > deadline) throw error;
      await pause(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error('the server ended while starting');
}

async function stopServer(child: ChildProcess, ended: Promise<void>, isRunning: () => boolean): Promise<void> {
  if (isRunning()) {
    // The child no longer holds the event loop open on its own; a caller that waits for its end wants that again.
    child.ref();
    child.kill('SIGINT');
    const hardStop = setTimeout(() => child.kill('SIGQUIT'), FAST_STOP_WITHIN_MS);
    await ended;
    clearTimeout(hardStop);
  }
  await ended;
}
