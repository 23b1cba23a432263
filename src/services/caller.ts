import type { IncomingHttpHeaders } from 'node:http';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { ProblemCode } from '../engine/vocabulary/problem-code';
import { nodeOf } from '../store/database/nodes';
import type { RecordOutcome } from '../store/redemptions/redemption-ledger';
import type { RedemptionEntry } from '../store/redemptions/redemption-rows';
import type { ApiKeyCache } from './caching/api-key-cache';
import type { RulebookCache } from './caching/rulebook-cache';
import type { Batcher } from './concurrency/batcher';
import type { SharedFacts } from './concurrency/shared-facts';
import type { Turns } from './concurrency/turns';
import type { AddressReader } from './limits/client-address';
import type { FailedKeys } from './limits/failed-keys';
import type { RequestLimits, Standing } from './limits/request-limits';
import type { Tally } from './limits/tally';
import type { KeyUses } from './monitoring/key-uses';
import type { Metrics } from './monitoring/metrics';
import type { OutageLog } from './monitoring/outage-log';
import type { Tracing } from './monitoring/tracing';
import type { Assumptions } from './redeeming/assumptions';
import type { ServiceSettings } from './settings';

/** What the service is made of; the same for every request. */
export interface Services {
  /** The connection pool. */
  db: Knex;
  log: Logger;
  /** Milliseconds since the epoch. */
  clock: () => number;
  config: ServiceSettings;
  adminKeyHash: Buffer;
  apiKeyCache: ApiKeyCache;
  keyUses: KeyUses;
  /** What this process, or all that share its port, count together. */
  tally: Tally;
  limits: RequestLimits;
  failedKeys: FailedKeys;
  addressOf: AddressReader;
  metrics: Metrics;
  /** Traces requests; absent: nothing is traced. */
  tracing: Tracing | undefined;
  rulebooks: RulebookCache;
  /** Reads the facts of simultaneous quotes and redemptions together. */
  facts: SharedFacts;
  /** What redemptions may assume before they are recorded. */
  assumptions: Assumptions;
  /** Counts the redemptions of one moment together. */
  redemptions: Batcher<RedemptionEntry, RecordOutcome>;
  /** The pool for lists, exports and the audit log, if there is one; never used for facts that a decision depends on. */
  readDb: Knex | undefined;
  /** Logs what keeps requests from being answered. */
  outages: OutageLog;
  /** The requests of each provider that take a connection to themselves. */
  turns: Turns;
  /** Work that takes seconds, such as 100,000 codes: one job per provider at a time, over a small pool of its own. */
  largeWork: { db: Knex; turns: Turns };
}

/** The three kinds of key. */
export type KeyKind = 'admin' | 'secret' | 'publishable';

/** What every answer needs to know about a request: the caller, the provider and the database connection. */
export class Caller {
  /** The pool, or the transaction of an idempotent request; everything that a request reads and writes goes through it. */
  db: Knex;
  /** The kind of key, once the request is authenticated. */
  kind: KeyKind | undefined = undefined;
  /** The id of the key; absent: it is the admin key. */
  keyId: string | undefined = undefined;
  /** The code of the problem that the request is answered with. */
  problem: ProblemCode | undefined = undefined;
  /** The origin whose pages may read the answer to a quote: `*` is any, absent none. */
  readableBy: string | undefined = '*';
  /** The body as it was received, where it was plain JSON. */
  bodyText: string | undefined = undefined;
  /** The limit of the request's key; absent: it has none. */
  limit: { bucket: string; perMinute: number } | undefined = undefined;
  /** Where the request stands in that limit. */
  standing: Standing | undefined = undefined;
  private provider: string | undefined = undefined;

  constructor(
    readonly services: Services,
    readonly headers: IncomingHttpHeaders,
    readonly requestId: string,
    /** The address at the other end of the connection. */
    private readonly peer: string | undefined,
  ) {
    this.db = services.db;
  }

  /** The provider that the request acts for; only what is scoped to a provider may ask. */
  get providerId(): string {
    if (this.provider === undefined) throw new Error('This path belongs to no provider');
    return this.provider;
  }

  set providerId(id: string) {
    this.provider = id;
    this.db = nodeOf(this.services.db, id);
  }

  /** The provider's id, or empty where the path belongs to none. */
  get scope(): string {
    return this.provider ?? '';
  }

  /** The client's address, at the granularity that limits use. */
  get address(): string {
    const forwarded = this.headers['x-forwarded-for'];
    return this.services.addressOf(this.peer, Array.isArray(forwarded) ? forwarded.join(',') : forwarded);
  }

  /** Returns the current time. */
  now(): Date {
    return new Date(this.services.clock());
  }
}

/** Returns the maximum bytes of one provider's compiled rules: as much as this process caches in all. */
export function mostRuleBytes({ config }: Pick<Services, 'config'>): number {
  return config.rulebookCacheMb * 1_048_576;
}
