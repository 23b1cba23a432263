import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '../src/project-root';
import { connect, migrateToLatest } from '../src/store/database/connection';
import { createTestDatabase, databaseUrl, runOn, type TestDatabase } from './support/database';
import { childrenOf, startRestartablePostgres } from './support/processes/processes';
import { until } from './support/until';

const ADMIN_KEY = 'start-test-admin-key-of-many-characters';
/** As `migrateToLatest` takes it. */
const MIGRATION_LOCK = 7_246_105_316;

describe('the built service starts', () => {
  let database: TestDatabase;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    }
  });
  afterAll(() => database.drop());

  /** A process of it, with what it has said so far. */
  function start(env: Record<string, string>, args: string[] = [], command = 'main') {
    const child = spawn(process.execPath, [path.join(projectRoot, `build/dist/src/${command}.js`), ...args], {
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'fatal', ADMIN_KEY, DEMO: 'false', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const said = { out: '', error: '' };
    child.stdout.on('data', (part) => {
      said.out += part;
    });
    child.stderr.on('data', (part) => {
      said.error += part;
    });
    const serves = () => until(async () => said.out.includes('Swagger UI'));
    return { child, said, serves, url: () => /Offerbook +(http:\S+)/.exec(said.out)?.[1] };
  }

  async function freePort(): Promise<string> {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as net.AddressInfo;
    probe.close();
    await once(probe, 'close');
    return `${port}`;
  }

  /** How it ends that cannot start. */
  async function ends(
    env: Record<string, string>,
    args?: string[],
    command?: string,
  ): Promise<{ code: number; error: string }> {
    const { child, said } = start(env, args, command);
    const [code] = await once(child, 'close');
    return { code, error: said.error };
  }

  test.each([
    ['PORT', { PORT: 'many' }, /^PORT must be a whole number from 0 to 65535, not "many"\n$/],
    ['two variables', { PORT: 'many', WORKERS: '0' }, /^PORT must [^\n]*; WORKERS must [^\n]*\n$/],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://localhost' }, /^DATABASE_URL: must be a postgresql:\/\/ address\n$/],
  ])('the built service starts not with a bad %s, and says so in one line', async (_what, env, line) => {
    expect(await ends({ DATABASE_URL: database.connectionString, ...env })).toEqual({
      code: 1,
      error: expect.stringMatching(line),
    });
  });

  test('the built service starts not with a database that is not there, and says so in one line', async () => {
    const url = databaseUrl(database.connectionString, 'nowhere');
    expect(await ends({ DATABASE_URL: url })).toEqual({
      code: 1,
      error: 'DATABASE_URL: database "nowhere" does not exist\n',
    });
  });

  test('the built service starts not on a port that is taken, and says so in one line', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    expect(await ends({ DATABASE_URL: database.connectionString, PORT: `${port}` })).toEqual({
      code: 1,
      error: expect.stringMatching(/^PORT: listen EADDRINUSE[^\n]*\n$/),
    });
    taken.close();
  });

  test('the built service starts once its database is up, and says meanwhile what it waits for', async () => {
    const postgres = await startRestartablePostgres();
    await postgres.stop();
    const { said, serves } = start({ DATABASE_URL: postgres.connectionString });
    await until(async () => said.error !== '');
    expect(said.error).toMatch(/^DATABASE_URL: connect (ENOENT|ECONNREFUSED)[^\n]*; trying for a minute\n$/);
    await postgres.start();
    await serves();
    await postgres.remove();
  });

  test('the built service starts on a schema that a newer release has migrated', async () => {
    await database.db('knex_migrations').insert({ name: '9999_of_a_newer_release.js', batch: 99 });
    const { url, serves } = start({ DATABASE_URL: database.connectionString });
    await serves();
    expect((await fetch(`${url()}/ready`)).status).toBe(200);
    await database.db('knex_migrations').where({ batch: 99 }).delete();
  });

  test('a worker anew without migrating, which its parent has done', async () => {
    // A given one: while nobody listens, a port that was taken at random is let go.
    const { child, url, serves } = start({
      DATABASE_URL: database.connectionString,
      WORKERS: '2',
      PORT: await freePort(),
    });
    await serves();
    const lock = new Client({ connectionString: database.connectionString });
    await lock.connect();
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const before = childrenOf(child.pid as number);
    expect(before).toHaveLength(2);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await until(() =>
      fetch(`${url()}/health`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    expect(childrenOf(child.pid as number).some((pid) => before.includes(pid))).toBe(false);
    await lock.end();
  });

  test.each([
    ['main', ['--wrokers', '2'], '--wrokers is no argument of this command: there is --workers'],
    ['main', ['serve'], 'serve is no argument of this command: there is --workers'],
    ['main', ['--workers'], '--workers needs a value'],
    ['migrate', ['--dry-run'], '--dry-run is no argument of this command: there are none; variables say the rest'],
    ['reconcile', ['north'], 'north is no argument of this command: there are none; variables say the rest'],
  ])('the built service starts and %s refuses %j in one line', async (command, args, problem) => {
    const { code, error } = await ends({ DATABASE_URL: database.connectionString }, args, command);
    expect(code).not.toBe(0);
    expect(error).toMatch(/^[^\n]*\n$/);
    expect(error).toContain(problem);
  });

  test('the built service starts and tells its database, without a password', async () => {
    const address = new URL(database.connectionString);
    address.password = 'hush';
    const { said, serves } = start({ DATABASE_URL: address.href }, ['--workers=1']);
    await serves();
    const name = address.pathname.slice(1);
    expect(said.out).toMatch(new RegExp(`^Database   PostgreSQL at .+, database ${name}$`, 'm'));
    expect(said.out).not.toContain('hush');
  });

  test('the built service starts and ends where none of its workers can live', async () => {
    const { child, said, serves } = start({ DATABASE_URL: database.connectionString, WORKERS: '2' });
    await serves();
    const exit = once(child, 'exit');
    let ended = false;
    void exit.then(() => {
      ended = true;
    });
    await until(async () => {
      if (!ended) for (const pid of childrenOf(child.pid as number)) process.kill(pid, 'SIGKILL');
      return ended;
    });
    expect(await exit).toEqual([1, null]);
    expect(said.error).toContain('No worker serves any more');
  });

  test('the built service starts with several servers on the one that takes writes', async () => {
    const [standby, primary] = [await startRestartablePostgres(), await startRestartablePostgres()];
    const readOnly = async ({ connectionString }: { connectionString: string }, value: 'on' | 'off') => {
      await runOn(connectionString, `alter system set default_transaction_read_only = ${value}`);
      await runOn(connectionString, 'select pg_reload_conf()');
    };
    const db = connect(standby.connectionString, { pool: 1 });
    await migrateToLatest(db);
    await db.destroy();
    await readOnly(standby, 'on');
    const hosts = [standby, primary].map(({ connectionString }) => new URL(connectionString).searchParams.get('host'));
    const address = new URL(primary.connectionString);
    address.searchParams.set('host', hosts.join(','));
    address.searchParams.set('target_session_attrs', 'read-write');
    const { url, serves } = start({ DATABASE_URL: address.href });
    await serves();
    const create = async (id: string): Promise<number> => {
      const body = JSON.stringify({ id, name: id, timeZone: 'UTC', defaultLanguage: 'en' });
      const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };
      return (await fetch(`${url()}/v1/providers`, { method: 'POST', headers, body })).status;
    };
    expect(await create('north')).toBe(201);
    expect(await runOn(primary.connectionString, 'select id from providers')).toEqual([{ id: 'north' }]);

    // The primary is away; the other one takes its place once it is promoted.
    await primary.stop();
    await until(async () => (await create('south')) === 503);
    await readOnly(standby, 'off');
    await until(async () => (await create('south')) === 201);
    expect(await runOn(standby.connectionString, 'select id from providers')).toEqual([{ id: 'south' }]);
    await standby.remove();
    await primary.remove();
  });
});
