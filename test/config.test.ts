import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig } from '../src/config';
import { projectRoot } from '../src/project-root';

const SERVER = {
  DATABASE_URL: 'postgresql://offerbook:hunter2@db.example/offerbook',
  ADMIN_KEY: 'a-secret-of-thirty-two-characters',
};
let dataDir: string;

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-config-'));
});

afterEach(() => {
  fs.rmSync(dataDir, { recursive: true });
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('an empty environment is enough, apart from the folder', () => {
  expect(loadConfig({ DATA_DIR: dataDir })).toEqual({
    port: 3000,
    host: '127.0.0.1',
    databasePool: 10,
    dataDir,
    adminKey: expect.stringMatching(/^ob_admin_[\w-]{32}$/),
    adminKeyMadeHere: true,
    logLevel: 'info',
    rateLimit: 0,
    codeGuesses: 20,
    rulebookCacheMb: 512,
    webhookAllowPrivate: false,
    workers: 1,
    maxConnections: 2_000,
    demo: true,
  });
});

test('the data lies in the project unless told otherwise', () => {
  expect(loadConfig({ ADMIN_KEY: 'short' }).dataDir).toBe(path.join(projectRoot, '.data'));
});

test('every variable is read, and trimmed', () => {
  const env = { PORT: ' 8080 ', HOST: '0.0.0.0', DATABASE_POOL: '4', DATA_DIR: dataDir, LOG_LEVEL: 'debug' };
  expect(
    loadConfig({
      ...SERVER,
      ...env,
      RATE_LIMIT: '600',
      CODE_GUESSES: '5',
      TRUST_PROXY: '1',
      RULEBOOK_CACHE_MB: '64',
      RETENTION_DAYS: '730',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      WORKERS: '2',
      MAX_CONNECTIONS: '50',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      DEMO: 'true',
    }),
  ).toEqual({
    port: 8080,
    host: '0.0.0.0',
    databaseUrl: SERVER.DATABASE_URL,
    databasePool: 4,
    dataDir,
    adminKey: SERVER.ADMIN_KEY,
    adminKeyMadeHere: false,
    logLevel: 'debug',
    rateLimit: 600,
    codeGuesses: 5,
    trustedProxies: 1,
    rulebookCacheMb: 64,
    webhookAllowPrivate: true,
    retentionDays: 730,
    otlpEndpoint: 'http://collector:4318',
    workers: 2,
    maxConnections: 50,
    demo: true,
  });
});

test('a server of its own gets no demo unless asked for', () => {
  expect(loadConfig(SERVER).demo).toBe(false);
});

test('an empty value counts as absent', () => {
  expect(loadConfig({ ...SERVER, PORT: '', LOG_LEVEL: ' ' })).toMatchObject({ port: 3000, logLevel: 'info' });
});

test('the generated admin key is kept, and readable by its owner only', () => {
  const first = loadConfig({ DATA_DIR: dataDir }).adminKey;
  expect(loadConfig({ DATA_DIR: dataDir }).adminKey).toBe(first);
  expect(fs.statSync(path.join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600);
});

test('a given admin key is not written down', () => {
  loadConfig({ DATA_DIR: dataDir, ADMIN_KEY: 'short' });
  expect(fs.readdirSync(dataDir)).toEqual([]);
});

test('DATABASE_URL without ADMIN_KEY is refused', () => {
  expect(problemsOf({ DATABASE_URL: SERVER.DATABASE_URL })).toEqual(['ADMIN_KEY must be set when DATABASE_URL is set']);
});

test('a server of its own, which others may reach, is not given an admin key that can be guessed', () => {
  const problem = 'ADMIN_KEY must have at least 32 characters when DATABASE_URL is set';
  expect(problemsOf({ ...SERVER, ADMIN_KEY: 'x'.repeat(31) })).toEqual([problem]);
  expect(loadConfig({ ...SERVER, ADMIN_KEY: 'x'.repeat(32) }).adminKey).toBe('x'.repeat(32));
  expect(loadConfig({ ADMIN_KEY: 'short' }).adminKey).toBe('short');
});

test('a worker takes the key of its parent, which gives it the address of the embedded database', () => {
  expect(loadConfig({ ...SERVER, ADMIN_KEY: 'short' }, 'worker').adminKey).toBe('short');
});

test('proxies are trusted by their number or by their subnets', () => {
  expect(loadConfig({ ...SERVER, TRUST_PROXY: '2' }).trustedProxies).toBe(2);
  expect(loadConfig({ ...SERVER, TRUST_PROXY: '10.0.0.0/8, ::1' }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
});

test.each([
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '3e3'],
  ['HOST', 'http://localhost'],
  ['DATABASE_URL', 'mysql://db/offerbook'],
  ['DATABASE_URL', 'db.example'],
  ['DATABASE_POOL', '0'],
  ['ADMIN_KEY', 'two words are too many words for a key'],
  ['ADMIN_KEY', 'schlüssel-dürfen-keine-umlaute-haben'],
  ['LOG_LEVEL', 'loud'],
  ['RATE_LIMIT', '1.5'],
  ['CODE_GUESSES', '-1'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '10.0.0.0/8, loopback'],
  ['RETENTION_DAYS', '0'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['WORKERS', '0'],
  ['MAX_CONNECTIONS', '0'],
  ['DEMO', 'yes'],
])('%s=%s is refused by name', (name, value) => {
  const problems = problemsOf({ ...SERVER, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
});

test('a data folder that cannot be made is refused by name', () => {
  const file = path.join(dataDir, 'file');
  fs.writeFileSync(file, '');
  expect(problemsOf({ DATA_DIR: path.join(file, 'data') })[0]).toContain('DATA_DIR');
});

test('all bad variables are listed at once, and no password among them', () => {
  const env = { PORT: 'x', WORKERS: 'x', DATABASE_URL: 'mysql://root:hunter2@db' };
  expect(problemsOf(env)).toHaveLength(4);
  expect(() => loadConfig(env)).toThrow(/PORT.*WORKERS/s);
  expect(problemsOf(env).join()).not.toContain('hunter2');
});

test('the tables lie on one server, or on a Citus cluster that DATABASE_URL names', () => {
  expect(loadConfig({ ...SERVER, DATA_DIR: dataDir }).databaseDistribution).toBeUndefined();
  expect(loadConfig({ ...SERVER, DATA_DIR: dataDir, DATABASE_DISTRIBUTION: 'citus' }).databaseDistribution).toBe(
    'citus',
  );
  expect(problemsOf({ ...SERVER, DATA_DIR: dataDir, DATABASE_DISTRIBUTION: 'shards' })).toEqual([
    'DATABASE_DISTRIBUTION must be citus, or absent, not "shards"',
  ]);
  expect(problemsOf({ DATA_DIR: dataDir, DATABASE_DISTRIBUTION: 'citus' })).toEqual([
    'DATABASE_URL must be set when DATABASE_DISTRIBUTION is',
  ]);
});
