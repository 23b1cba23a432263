import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApp } from './app';
import { type Config, ConfigError, loadConfig } from './config';
import { type DemoKeys, loadDemo } from './demo';
import { closeGracefully } from './http/shutdown';
import { connect, migrateToLatest } from './store/database';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './store/embedded-postgres';

/** Requests in flight get most of the time that a stop may take; the rest is the database's. */
const FINISH_WITHIN_MS = 8_000;
const STOP_WITHIN_MS = 10_000;
/** Longer than the idle time of the usual load balancer, so that it never reuses a connection that we are closing. */
const KEEP_ALIVE_MS = 65_000;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'The process ends: it came into a state that nobody foresaw');
    process.exit(1);
  });
  const postgres =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: config.dataDir }) : undefined;
  const db = connect(config.databaseUrl ?? (postgres as EmbeddedPostgres).connectionString, {
    pool: config.databasePool,
  });
  await migrateToLatest(db);
  const demoKeys = config.demo ? await loadDemo(db, config.adminKey) : undefined;
  const server = createServer(createApp({ db, log, config, clock: Date.now }));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, config);
  process.stdout.write(welcome(config, server.address() as AddressInfo, demoKeys));
  let stopping = false;
  void postgres?.ended.then(() => {
    if (!stopping) fail(new Error('The embedded database has ended'));
  });
  onSignal(async (signal) => {
    stopping = true;
    log.info({ signal }, 'Stopping');
    await closeGracefully(server, FINISH_WITHIN_MS);
    await db.destroy();
    await postgres?.stop();
  });
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done();
    });
  });
}

function onSignal(stop: (signal: string) => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      stop(signal).then(() => process.exit(0), fail);
    });
  }
}

function welcome(config: Config, { address, family, port }: AddressInfo, keys: DemoKeys | undefined): string {
  const host = ['0.0.0.0', '::', '127.0.0.1'].includes(address) ? 'localhost' : bracketed(address, family);
  const url = `http://${host}:${port}`;
  const lines = [`Offerbook  ${url}`, `Swagger UI ${url}/docs`];
  if (keys)
    lines.push('Demo keys  (provider "demo")', `  secret      ${keys.secret}`, `  publishable ${keys.publishable}`);
  // A key that somebody chose is theirs to know, and does not belong into a log.
  if (config.databaseUrl === undefined) lines.push(`Admin key  ${config.adminKey}`);
  return `\n${lines.join('\n')}\n\n`;
}

function bracketed(address: string, family: string): string {
  return family === 'IPv6' ? `[${address}]` : address;
}

function fail(error: unknown): void {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}

main().catch(fail);
