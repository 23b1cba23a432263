import cluster from 'node:cluster';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Knex } from 'knex';
import { destination, type Logger, pino } from 'pino';
import { createService } from './app';
import { type Config, ConfigError, loadConfig } from './config';
import { type DemoKeys, loadDemo } from './demo';
import { guardConnections, headLimits } from './http/connections/guard';
import { compileBodySchemas } from './http/contract/validate-body';
import { readArguments } from './process/arguments';
import { LogBuffer } from './process/log-buffer';
import { SharedTally } from './process/shared-tally';
import { closeGracefully } from './process/shutdown';
import { metricsOfAllWorkers, startWorkers } from './process/workers';
import { Background } from './services/background';
import { ProviderWatch } from './services/caching/provider-watch';
import { StatementTimes } from './services/monitoring/statement-times';
import { Cluster, coordinatorOf } from './store/cluster/cluster';
import { placingOf } from './store/cluster/distribution';
import { DistributionRefused } from './store/cluster/refused';
import { connect, migrateToLatest, type PoolOptions } from './store/database/connection';
import { QueueRefused } from './store/database/job-queue';
import { namedServers } from './store/database/servers';
import { isUnreachable } from './store/database/unreachable';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './store/embedded-postgres/embedded-postgres';

/** Requests in flight get most of the time that a stop may take; the rest is the database's. */
const FINISH_WITHIN_MS = 8_000;
const STOP_WITHIN_MS = 10_000;
/** Longer than the idle time of the usual load balancer, so that it never reuses a connection that we are closing. */
const KEEP_ALIVE_MS = 65_000;

/** A statement takes this long only if the database or a lock is frozen; its client has given up by then. */
const SILENT_MS = 9_000;
/** After this time the server is asked whether it works on a large statement, so that silence ends as soon as elsewhere. */
const ASKED_AFTER_MS = 5_000;
/** Two providers' codes or catalogs at a time; they are long and can wait for each other. */
const LARGE_WORK_POOL = 2;

/** A part of the process that runs until it is told to stop. */
interface Running {
  address: AddressInfo;
  stop(): Promise<void>;
  /** Comes where it can serve no longer. */
  gone?: Promise<void>;
}

async function main(): Promise<void> {
  // A worker's arguments are its parent's.
  const given = cluster.isWorker ? {} : readArguments(process.argv, { '--workers': 'WORKERS' });
  const config = loadConfig({ ...process.env, ...given }, cluster.isWorker ? 'worker' : 'service');
  const lines = new LogBuffer(destination(1));
  process.on('exit', () => lines.flushSync());
  const log = pino({ level: config.logLevel }, lines);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'The process ends: it came into a state that nobody foresaw');
    process.exit(1);
  });
  let stopping = false;
  const postgres = config.databaseUrl === undefined ? await embedded(config) : undefined;
  void postgres?.ended.then(() => {
    if (!stopping) fail(new Error('The embedded database has ended'));
  });
  const databaseUrl = config.databaseUrl ?? (postgres as EmbeddedPostgres).connectionString;
  // A worker's parent has done it, maybe as a newer release than the worker will be.
  const demoKeys = cluster.isPrimary ? await prepare(databaseUrl, config) : undefined;
  const nodes = config.databaseDistribution && (await Cluster.open(databaseUrl));
  const running = await (config.workers > 1
    ? startWorkers(config.workers, workerEnvironment(databaseUrl, config), log)
    : serve(databaseUrl, nodes, config, log));
  // Once for all workers, so that slow receivers of webhooks cost none that serves.
  const background = cluster.isPrimary ? new Background(databaseUrl, nodes, config, log) : undefined;
  background?.start();
  void running.gone?.then(() => fail(new Error('No worker serves any more, and a new one ended before it did')));
  if (cluster.isPrimary) process.stdout.write(welcome(config, running.address, demoKeys));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Handled repeatedly: Ctrl-C reaches a worker from the terminal and through its parent.
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'Stopping');
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      Promise.all([running.stop(), background?.stop()])
        .then(() => nodes?.close())
        .then(() => postgres?.stop())
        .then(() => process.exit(0), fail);
    });
  }
}

/** Migrates the database and loads the demo where it is wanted. */
async function prepare(databaseUrl: string, config: Config): Promise<DemoKeys | undefined> {
  const report = (error: unknown) => tell(`${databaseProblem(error)}; trying for a minute`);
  const { databaseDistribution, demo, adminKey } = config;
  let db: Knex | undefined;
  try {
    db = connect(databaseDistribution ? await coordinatorOf(databaseUrl, report) : databaseUrl, { pool: 1 });
    await migrateToLatest(db, { placing: placingOf(databaseDistribution), report });
    return demo ? await loadDemo(db, adminKey) : undefined;
  } catch (error) {
    if (error instanceof DistributionRefused) throw new ConfigError([error.message]);
    throw isUnreachable(error) || error instanceof QueueRefused ? new ConfigError([databaseProblem(error)]) : error;
  } finally {
    await db?.destroy();
  }
}

async function embedded(config: Config): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres(config);
  } catch (error) {
    throw new ConfigError([`DATA_DIR: the embedded database does not start in ${config.dataDir}: ${oneLine(error)}`]);
  }
}

function databaseProblem(error: unknown): string {
  return `DATABASE_URL: ${oneLine(error)}`;
}

/** Returns what an error says, in one line. */
function oneLine(error: unknown): string {
  const causes = error instanceof AggregateError && error.message === '' ? error.errors : [error];
  return causes
    .map((cause) => (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' '))
    .join(', ');
}

async function serve(databaseUrl: string, nodes: Cluster | undefined, config: Config, log: Logger): Promise<Running> {
  const statements = new StatementTimes();
  // What nobody collects is not even loaded.
  const telemetry =
    config.otlpEndpoint === undefined ? undefined : (await import('./process/telemetry.js')).startTelemetry(statements);
  const options = (most: number): PoolOptions => ({ pool: most, silentMs: SILENT_MS, onStatement: statements.begin });
  const patient = { ...options(LARGE_WORK_POOL), silentMs: ASKED_AFTER_MS, mayTakeLong: true };
  const pool = (like: PoolOptions) => nodes?.pool(like) ?? connect(databaseUrl, like);
  const db = pool(options(config.databasePool));
  const largeWorkDb = pool(patient);
  const readDb =
    config.databaseReadUrl === undefined ? undefined : connect(config.databaseReadUrl, options(config.databasePool));
  compileBodySchemas();
  const watch = new ProviderWatch(databaseUrl, log, nodes && ((providerId) => nodes.addressOf(providerId)));
  const { listener, messages, housekeeping, simulator, registry } = createService({
    db,
    largeWorkDb,
    ...(readDb && { readDb }),
    log,
    config,
    clock: Date.now,
    watch,
    statements,
    ...(telemetry && { tracing: telemetry }),
    ...(cluster.isWorker && { shareMetrics: metricsOfAllWorkers, tally: new SharedTally() }),
  });
  telemetry?.export(registry);
  const server = createServer({ ...messages, ...headLimits }, listener);
  guardConnections(server, config);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await watch.start();
  await listen(server, config);
  housekeeping.start();
  simulator.start();
  return {
    address: server.address() as AddressInfo,
    async stop() {
      await Promise.all([closeGracefully(server, FINISH_WITHIN_MS), housekeeping.stop(), simulator.stop()]);
      await telemetry?.stop();
      await watch.stop();
      await readDb?.destroy();
      await largeWorkDb.destroy();
      await db.destroy();
    },
  };
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((done, refuse) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const name = error.code === 'EADDRINUSE' || error.code === 'EACCES' ? 'PORT' : 'HOST';
      refuse(new ConfigError([`${name}: ${oneLine(error)}`]));
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done();
    });
  });
}

/** A worker is the same program on the database that its parent has prepared. */
function workerEnvironment(databaseUrl: string, { adminKey }: Config): Record<string, string> {
  return { DATABASE_URL: databaseUrl, ADMIN_KEY: adminKey, WORKERS: '1', DEMO: 'false' };
}

function welcome(config: Config, { address, port }: AddressInfo, keys: DemoKeys | undefined): string {
  const host = ['0.0.0.0', '::', '127.0.0.1'].includes(address) ? 'localhost' : bracketed(address);
  const url = `http://${host}:${port}`;
  const lines = [
    `Offerbook  ${url}`,
    `Swagger UI ${url}/docs`,
    `Explorer   ${url}/explorer`,
    `Database   ${config.databaseUrl === undefined ? `embedded, in ${config.dataDir}` : namedServers(config.databaseUrl)}`,
  ];
  if (keys) {
    lines.push(`Storefront ${url}/storefront#key=${keys.publishable}`);
    lines.push('Demo keys  (provider "demo")', `  secret      ${keys.secret}`, `  publishable ${keys.publishable}`);
  }
  // A key that somebody chose is theirs to know, and does not belong into a log.
  if (config.adminKeyMadeHere) lines.push(`Admin key  ${config.adminKey}`);
  return `\n${lines.join('\n')}\n\n`;
}

/** Returns an IPv6 address as a URL has it. */
function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function fail(error: unknown): void {
  tell(error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

/** Says something of the start, where no log is read yet. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch(fail);
