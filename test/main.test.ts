import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../src/project-root';
import { createTestDatabase, type TestDatabase } from './support/database';

const ADMIN_KEY = 'main-test-admin-key-of-many-characters';

describe('the built service', () => {
  let database: TestDatabase;
  const started: ChildProcess[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    for (const service of started) service.kill('SIGKILL');
    await database.drop();
  });

  function spawnService(env: Record<string, string>): ChildProcess {
    const service = spawn(process.execPath, [path.join(projectRoot, 'build/dist/src/main.js')], {
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'info', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(service);
    return service;
  }

  /** What the service prints until it serves. */
  function printed(service: ChildProcess): Promise<string> {
    let text = '';
    return new Promise((done, fail) => {
      service.stdout?.on('data', (part) => {
        text += part;
        if (/Swagger UI/.test(text) && text.includes('\n\n', 2)) done(text);
      });
      service.once('exit', () => fail(new Error(`The service ended:\n${text}`)));
    });
  }

  test('the built service starts with the demo, serves, and stops on SIGTERM; a second start prints the same keys', async () => {
    const env = { DATABASE_URL: database.connectionString, ADMIN_KEY, DEMO: 'true' };
    const keys: (string | undefined)[] = [];
    for (let start = 1; start <= 2; start++) {
      const service = spawnService(env);
      let log = '';
      service.stdout?.on('data', (part) => {
        log += part;
      });
      const text = await printed(service);
      expect(text).not.toContain(ADMIN_KEY);
      const url = /Offerbook +(http:\S+)/.exec(text)?.[1];
      const key = /publishable +(ob_pub_\S+)/.exec(text)?.[1];
      keys.push(key);
      const answer = await fetch(`${url}/v1/quote`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ currency: 'EUR', lines: [] }),
      });
      expect(answer.status).toBe(200);
      service.kill('SIGTERM');
      expect(await once(service, 'close')).toEqual([0, null]);
      // Nothing of the log is left behind.
      expect(log).toContain('"path":"/v1/quote"');
      expect(log).toContain('"msg":"Stopping"');
    }
    expect(keys[1]).toBe(keys[0]);
    expect(await database.db('providers')).toHaveLength(1);
  });

  test('the built service with several workers all of them serve, and all of them stop', async () => {
    const service = spawnService({ DATABASE_URL: database.connectionString, ADMIN_KEY, WORKERS: '2' });
    const url = /Offerbook +(http:\S+)/.exec(await printed(service))?.[1];
    const pids = new Set<number>();
    service.stdout?.on('data', (lines) => {
      for (const [, pid] of String(lines).matchAll(/"pid":(\d+)/g)) pids.add(Number(pid));
    });
    // A connection of its own for each request: connections are what the workers share out.
    const ask = () =>
      new Promise((done) => {
        const asking = http.get(`${url}/health`, { agent: false, timeout: 1_000 }, (answer) => {
          answer.resume().once('close', done);
        });
        // A worker that is killed may take a connection along that nobody answers.
        asking.once('timeout', () => asking.destroy()).once('error', done);
      });
    const workers = () => [...pids].filter((pid) => pid !== service.pid);
    let asked = 0;
    for (; workers().length < 2; asked++) await ask();

    const counted = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/duration_seconds_count\{method="GET",route="\/health",status="200"\} (\d+)/.exec(text)?.[1]);
    };
    expect(await counted()).toBe(asked);

    process.kill(workers()[0] as number, 'SIGKILL');
    while (workers().length < 3) await ask();
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('the built service with the embedded database a short admin key will do, for its workers too, and is not printed', async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-main-'));
    // The embedded server does not run as root, and its folder lies in this one.
    fs.chmodSync(dataDir, 0o755);
    const chosen = 'short-and-chosen';
    const service = spawnService({ DATA_DIR: dataDir, ADMIN_KEY: chosen, WORKERS: '2' });
    const text = await printed(service);
    expect(text).not.toContain(chosen);
    expect(text).toMatch(/secret +ob_sec_/);
    const url = /Offerbook +(http:\S+)/.exec(text)?.[1];
    const answer = await fetch(`${url}/v1/providers`, { headers: { Authorization: `Bearer ${chosen}` } });
    expect(answer.status).toBe(200);
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
    fs.rmSync(dataDir, { recursive: true });
  });

  test('the schema can be brought up to date by itself, before anything of a release starts', () => {
    const migrate = (env: Record<string, string>) =>
      spawnSync(process.execPath, [path.join(projectRoot, 'build/dist/src/migrate.js')], {
        env: { PATH: process.env.PATH, ...env },
        encoding: 'utf8',
      });
    const done = migrate({ DATABASE_URL: database.connectionString });
    expect([done.status, done.stdout, done.stderr]).toEqual([0, 'The schema is up to date.\n', '']);
    const refused = migrate({});
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('DATABASE_URL')]);
  });

  test('the built service refuses a configuration that cannot be, naming the variable', async () => {
    const service = spawnService({ DATABASE_URL: database.connectionString });
    const [message] = await once(service.stderr as NodeJS.ReadableStream, 'data');
    expect(String(message)).toContain('ADMIN_KEY');
    expect(await once(service, 'exit')).toEqual([1, null]);
  });
});
