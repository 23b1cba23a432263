import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './project-root';
import { subnetProblem, type TrustedProxies } from './services/limits/client-address';
import type { ServiceSettings } from './services/settings';
import type { Distribution } from './store/cluster/distribution';
import { serversOf } from './store/database/servers';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How much the log says. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that the environment decides. */
export interface Config extends ServiceSettings {
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** One or several PostgreSQL servers, 15 or later; absent: the embedded one in `dataDir`. */
  databaseUrl?: string;
  /** Another server, such as a replica, for lists, exports and the audit log. */
  databaseReadUrl?: string;
  /** Over which servers the tables lie; absent: one. */
  databaseDistribution?: Distribution;
  /** The most connections that one process opens for requests. */
  databasePool: number;
  dataDir: string;
  /** Whether the admin key was generated here: only then may it be printed. */
  adminKeyMadeHere: boolean;
  logLevel: LogLevel;
  /** Where traces and metrics are sent; absent: nowhere. */
  otlpEndpoint?: string;
  workers: number;
  /** The most connections that one process keeps open. */
  maxConnections: number;
  /** Whether an empty database gets the demo provider. */
  demo: boolean;
}

/** A refusal to start that names every bad variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** A shorter key on a public service can be guessed. */
const LEAST_KEY_LENGTH = 32;

/** What starts: the service, a worker of it whose parent has judged the key, or a tool that lets nobody in. */
export type Start = 'service' | 'worker' | 'tool';

/** Reads the configuration; throws a ConfigError that lists all bad variables at once. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, start: Start = 'service'): Config {
  const problems: string[] = [];
  const read = (name: string) => env[name]?.trim() || undefined;

  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = read(name);
    if (text === undefined) return fallback;
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    problems.push(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
    return fallback;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const text = read(name);
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? fallback : text === 'true';
    problems.push(`${name} must be true or false, not "${text}"`);
    return fallback;
  };
  const host = (): string => {
    const text = read('HOST') ?? '127.0.0.1';
    if (!/^[\w.:-]+$/.test(text)) problems.push(`HOST must be a host name or an IP address, not "${text}"`);
    return text;
  };
  const logLevel = (): LogLevel => {
    const text = read('LOG_LEVEL') ?? 'info';
    const level = LOG_LEVELS.find((known) => known === text);
    if (!level) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`);
    return level ?? 'info';
  };
  const databaseUrl = (name: string): string | undefined => {
    const text = read(name);
    try {
      if (text !== undefined) serversOf(text);
    } catch (error) {
      // The value stays out of the message: it usually holds a password.
      problems.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
    return text;
  };
  const distribution = (url: string | undefined): Distribution | undefined => {
    const text = read('DATABASE_DISTRIBUTION');
    if (text === undefined) return undefined;
    if (text !== 'citus') problems.push(`DATABASE_DISTRIBUTION must be citus, or absent, not "${text}"`);
    else if (url === undefined) problems.push('DATABASE_URL must be set when DATABASE_DISTRIBUTION is');
    return 'citus';
  };
  const adminKey = (url: string | undefined): string | undefined => {
    const text = read('ADMIN_KEY');
    if (text !== undefined && !/^[\x21-\x7e]+$/.test(text)) {
      problems.push('ADMIN_KEY must consist of printable ASCII characters without spaces: it travels in a header');
    }
    if (url === undefined || start !== 'service') return text;
    if (text === undefined) problems.push('ADMIN_KEY must be set when DATABASE_URL is set');
    else if (text.length < LEAST_KEY_LENGTH) {
      problems.push(`ADMIN_KEY must have at least ${LEAST_KEY_LENGTH} characters when DATABASE_URL is set`);
    }
    return text;
  };

  const trustedProxies = (): TrustedProxies | undefined => {
    const text = read('TRUST_PROXY');
    if (text === undefined || /^\d{1,2}$/.test(text)) return text === undefined ? undefined : Number(text);
    const subnets = text.split(',').map((subnet) => subnet.trim());
    const problem = subnets.map(subnetProblem).find((found) => found !== undefined);
    if (problem !== undefined) {
      problems.push(`TRUST_PROXY must be a number of proxies, or their addresses and subnets with commas: ${problem}`);
    }
    return subnets;
  };

  const otlpEndpoint = (): string | undefined => {
    const text = read('OTEL_EXPORTER_OTLP_ENDPOINT');
    if (text === undefined || /^https?:\/\/[^\s/]+/.test(text)) return text;
    problems.push(`OTEL_EXPORTER_OTLP_ENDPOINT must be an http:// or https:// address, not "${text}"`);
    return undefined;
  };

  const proxies = trustedProxies();
  const collector = otlpEndpoint();
  const retentionDays = integer('RETENTION_DAYS', 0, 1, 36_500);
  const url = databaseUrl('DATABASE_URL');
  const readUrl = databaseUrl('DATABASE_READ_URL');
  const nodes = distribution(url);
  const key = adminKey(url);
  const config = {
    port: integer('PORT', 3000, 0, 65_535),
    host: host(),
    ...(url !== undefined && { databaseUrl: url }),
    ...(readUrl !== undefined && { databaseReadUrl: readUrl }),
    ...(nodes !== undefined && { databaseDistribution: nodes }),
    databasePool: integer('DATABASE_POOL', 10, 1, 1_000),
    dataDir: path.resolve(read('DATA_DIR') ?? path.join(projectRoot, '.data')),
    logLevel: logLevel(),
    rateLimit: integer('RATE_LIMIT', 0, 0, 10_000_000),
    codeGuesses: integer('CODE_GUESSES', 20, 0, 10_000),
    ...(proxies !== undefined && { trustedProxies: proxies }),
    rulebookCacheMb: integer('RULEBOOK_CACHE_MB', 512, 1, 1_000_000),
    ...(collector !== undefined && { otlpEndpoint: collector }),
    ...(retentionDays > 0 && { retentionDays }),
    workers: integer('WORKERS', 1, 1, 64),
    maxConnections: integer('MAX_CONNECTIONS', 2_000, 1, 1_000_000),
    webhookAllowPrivate: flag('WEBHOOK_ALLOW_PRIVATE', false),
    demo: flag('DEMO', url === undefined),
  };
  if (problems.length === 0 && key === undefined) {
    try {
      return { ...config, adminKey: keptAdminKey(config.dataDir), adminKeyMadeHere: true };
    } catch (error) {
      problems.push(`DATA_DIR must be a folder that can be written: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, adminKey: key as string, adminKeyMadeHere: false };
}

/** Reads the key made at the first start, or makes it: a reader of the folder owns the database in it anyway. */
function keptAdminKey(dataDir: string): string {
  const file = path.join(dataDir, 'admin-key');
  fs.mkdirSync(dataDir, { recursive: true });
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
  if (kept) return kept;
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, `ob_admin_${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  // Renamed, so that a kill in between never leaves an empty key behind.
  fs.renameSync(unfinished, file);
  return fs.readFileSync(file, 'utf8').trim();
}
