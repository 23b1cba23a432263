import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../../src/project-root';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/store/embedded-postgres/embedded-postgres';
import { locateBinaries } from '../../../src/store/embedded-postgres/postgres-binaries';
import { runOn } from '../../support/database';

let dataDir: string;
const started: EmbeddedPostgres[] = [];
const spawned: ChildProcess[] = [];

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-launcher-'));
});

afterEach(async () => {
  for (const child of spawned.splice(0)) child.kill('SIGKILL');
  for (const postgres of started.splice(0)) await postgres.stop();
  fs.rmSync(dataDir, { recursive: true });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  started.push(postgres);
  return postgres;
}

/** Starts the database in a process of its own, which then does nothing, so that it can be killed. */
async function startInAnotherProcess(): Promise<{ service: ChildProcess; connectionString?: string; error?: string }> {
  const launcher = path.join(projectRoot, 'build/dist/src/store/embedded-postgres/embedded-postgres.js');
  const script = `require(${JSON.stringify(launcher)}).startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
    .then(({ connectionString }) => ({ connectionString }), (error) => ({ error: error.message }))
    .then((outcome) => { process.send(outcome); setInterval(() => {}, 1e6); })`;
  const service = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  spawned.push(service);
  const [outcome] = await once(service, 'message');
  return { service, ...outcome };
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function writeOrders(connectionString: string): Promise<void> {
  await runOn(connectionString, 'create table orders (id integer primary key)');
  for (let id = 1; id <= 20; id++) await runOn(connectionString, `insert into orders values (${id})`);
}

async function countOrders(connectionString: string): Promise<unknown> {
  return (await runOn(connectionString, 'select count(*)::int as count from orders'))[0]?.count;
}

function serverPid(): number {
  return Number.parseInt(fs.readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
}

test('rows outlive a stop and a new start', async () => {
  const first = await start();
  await writeOrders(first.connectionString);
  await first.stop();
  const second = await start();
  expect(await countOrders(second.connectionString)).toBe(20);
});

test('a stop is complete, removes the socket folder and may be repeated', async () => {
  const postgres = await start();
  const socketFolder = new URL(postgres.connectionString).searchParams.get('host') as string;
  expect(fs.existsSync(socketFolder)).toBe(true);
  await Promise.all([postgres.stop(), postgres.stop()]);
  await postgres.ended;
  expect(fs.existsSync(socketFolder)).toBe(false);
  expect(fs.existsSync(path.join(dataDir, 'postgres/postmaster.pid'))).toBe(false);
});

test('no network port is opened, and upper and lower case go beyond ASCII', async () => {
  const { connectionString } = await start();
  const [row] = await runOn(
    connectionString,
    `select current_setting('listen_addresses') as addresses, lower('ÄÖЖ') as lower, current_setting('timezone') as zone`,
  );
  expect(row).toEqual({ addresses: '', lower: 'äöж', zone: 'UTC' });
});

test('no acknowledged row is lost when the service is killed, and the next start takes over', async () => {
  const { service, connectionString = '' } = await startInAnotherProcess();
  await writeOrders(connectionString);
  await kill(service);
  const next = await start();
  expect(await countOrders(next.connectionString)).toBe(20);
});

test('no acknowledged row is lost when the database is killed together with the service', async () => {
  const { service, connectionString = '' } = await startInAnotherProcess();
  await writeOrders(connectionString);
  process.kill(serverPid(), 'SIGKILL');
  await kill(service);
  const next = await start();
  expect(await countOrders(next.connectionString)).toBe(20);
});

test('a database that is killed alone is noticed', async () => {
  const postgres = await start();
  process.kill(serverPid(), 'SIGKILL');
  await postgres.ended;
});

test('a pid file whose pid belongs to another program by now does not stop the start', async () => {
  await (await start()).stop();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  spawned.push(stranger);
  await once(stranger, 'spawn');
  fs.writeFileSync(path.join(dataDir, 'postgres/postmaster.pid'), `${stranger.pid}\n`);
  await start();
});

test('a second process on the same folder is refused, and the first goes on', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(/in use by another process.*DATA_DIR.*DATABASE_URL/s);
  expect(await runOn(first.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('two first starts at the same moment leave one server and one clear refusal', async () => {
  const outcomes = await Promise.all([startInAnotherProcess(), startInAnotherProcess()]);
  const served = outcomes.flatMap(({ connectionString }) => connectionString ?? []);
  const refused = outcomes.flatMap(({ error }) => error ?? []);
  expect(refused).toEqual([expect.stringContaining('in use by another process')]);
  expect(await runOn(served[0] ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(fs.readdirSync(dataDir).filter((name) => name.includes('.init-'))).toEqual([]);
});

test('what an interrupted first start left is cleared', async () => {
  const abandoned = path.join(dataDir, 'postgres.init-999999999');
  fs.mkdirSync(abandoned);
  fs.writeFileSync(path.join(abandoned, 'PG_VERSION'), '18\n');
  await start();
  expect(fs.existsSync(abandoned)).toBe(false);
});

test('a folder below a private one serves too', async () => {
  const home = path.join(dataDir, 'home');
  fs.mkdirSync(home, { mode: 0o700 });
  const folder = path.join(home, 'data');
  const first = await start(folder);
  await writeOrders(first.connectionString);
  await first.stop();
  const second = await start(folder);
  expect(await countOrders(second.connectionString)).toBe(20);
  await second.stop();
  const cluster = fs.realpathSync(path.join(folder, 'postgres'));
  // Root's server cannot enter a private folder, so its cluster lies in a folder of its own elsewhere.
  if (!cluster.startsWith(fs.realpathSync(folder))) fs.rmSync(path.dirname(cluster), { recursive: true });
});

test('an unsupported platform is told about DATABASE_URL', () => {
  expect(() => locateBinaries('win32', 'x64')).toThrow(/win32.*DATABASE_URL/);
  expect(() => locateBinaries('linux', 'mips')).toThrow(/linux-mips.*DATABASE_URL/);
});
