import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../../src/project-root';
import { startEmbeddedPostgres } from '../../../src/store/embedded-postgres/embedded-postgres';

/** The admin key of every service process under test. */
export const ADMIN_KEY = 'processes-test-admin-key-of-many-characters';

/** A process of the built service. */
export interface Service {
  readonly url: string;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Lets it finish what it is at; answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts processes of the built service on free ports, all of them on one database. */
export async function startServices(count: number, env: Record<string, string>): Promise<Service[]> {
  // One after the other on an empty database would hide what happens when they migrate at once.
  return Promise.all(Array.from({ length: count }, () => startService(env)));
}

async function startService(env: Record<string, string>): Promise<Service> {
  let port = '0';
  let child: ChildProcess;
  const start = async () => {
    child = spawn(process.execPath, [path.join(projectRoot, 'build/dist/src/main.js')], {
      env: { PATH: process.env.PATH, PORT: port, LOG_LEVEL: 'fatal', ADMIN_KEY, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    port = await announcedPort(child);
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    kill: () => end(child, 'SIGKILL').then(() => undefined),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}

function announcedPort(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((done, fail) => {
    child.stderr?.on('data', (part) => {
      text += part;
    });
    child.stdout?.on('data', (part) => {
      text += part;
      const port = /Offerbook +http:\/\/[^:]+:(\d+)/.exec(text)?.[1];
      if (port !== undefined) done(port);
    });
    child.once('exit', () => fail(new Error(`The service ended:\n${text}`)));
  });
}

/** A PostgreSQL server that can be stopped and started again under the same address. */
export interface RestartablePostgres {
  readonly connectionString: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops all of its processes where they are: connections stay open, and nothing comes back over them. */
  freeze(): void;
  /** Lets them go on. */
  thaw(): void;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Starts a server with data of its own; nothing of what it confirmed is lost when it stops. */
export async function startRestartablePostgres(): Promise<RestartablePostgres> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-restart-'));
  // Every start makes a new socket folder; a link to it stays the same.
  const link = path.join(folder, 'socket');
  fs.chmodSync(folder, 0o755);
  let server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'data') });
  const relink = () => {
    fs.rmSync(link, { force: true });
    fs.symlinkSync(new URL(server.connectionString).searchParams.get('host') ?? '', link);
  };
  relink();
  const address = new URL(server.connectionString);
  address.searchParams.set('host', link);
  const postmaster = () =>
    Number.parseInt(fs.readFileSync(path.join(folder, 'data/postgres/postmaster.pid'), 'utf8'), 10);
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of [postmaster(), ...childrenOf(postmaster())]) process.kill(pid, signal);
  };
  return {
    connectionString: address.href,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    stop: () => server.stop(),
    async start() {
      server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'data') });
      relink();
    },
    async remove() {
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The processes that a process has started and that still run. */
export function childrenOf(pid: number): number[] {
  return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
