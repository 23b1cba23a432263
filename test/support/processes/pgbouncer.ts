import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runOn } from '../database';
import { until } from '../until';

/** Where Debian's package puts it. */
const PROGRAM = '/usr/sbin/pgbouncer';
/** `nobody`: like PostgreSQL, it refuses to run as root. */
const NOBODY = 65534;

/** A pooler in transaction mode in front of a server. */
export interface PgBouncer {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Whether it is installed on this machine. */
export function isPgBouncerInstalled(): boolean {
  return fs.existsSync(PROGRAM);
}

/** Starts a pooler on a Unix socket of its own; it lets everybody in as the user of the given address. */
export async function startPgBouncer(connectionString: string): Promise<PgBouncer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-pooler-'));
  const { hostname, port, username, password, pathname, searchParams } = new URL(connectionString);
  const target = {
    host: searchParams.get('host') ?? hostname,
    port: port || '5432',
    user: decodeURIComponent(username),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
  const settings = {
    listen_addr: '',
    listen_port: '6432',
    unix_socket_dir: folder,
    pool_mode: 'transaction',
    auth_type: 'any',
    max_client_conn: '500',
    // Fewer than the clients have, so that connections are really shared.
    default_pool_size: '8',
    logfile: path.join(folder, 'log'),
  };
  const lines = (entries: object) => Object.entries(entries).map(([name, value]) => `${name}=${value}`);
  const config = ['[databases]', `*=${lines(target).join(' ')}`, '[pgbouncer]', ...lines(settings), ''].join('\n');
  fs.writeFileSync(path.join(folder, 'pgbouncer.ini'), config);
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in account) for (const name of ['', 'pgbouncer.ini']) fs.chownSync(path.join(folder, name), NOBODY, NOBODY);
  const child = spawn(PROGRAM, [path.join(folder, 'pgbouncer.ini')], { ...account, stdio: 'ignore' });
  const address = `postgresql://${username}@localhost:6432${pathname}?host=${encodeURIComponent(folder)}`;
  await until(() =>
    runOn(address, 'select 1').then(
      () => true,
      () => false,
    ),
  );
  return {
    connectionString: address,
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
