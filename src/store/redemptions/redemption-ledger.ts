import Big from 'big.js';
import type { Knex } from 'knex';
import { groupBy } from '../../engine/vocabulary/lists';
import { retryContention } from '../database/contention';
import { counterOf } from './counters';
import { releaseExpiredHolds } from './expired-holds';
import { judgedRules, type Obstacles, readObstacles } from './obstacles';
import { type Recorded, record } from './record-statement';
import type { RedemptionEntry, RedemptionRow } from './redemption-rows';

/** The outcome of an entry. */
export type RecordOutcome =
  /** It counts. */
  | { readonly kind: 'recorded'; readonly row: RedemptionRow }
  /** The order has a redemption already. */
  | { readonly kind: 'exists'; readonly row: RedemptionRow }
  /** A limit has been reached since it was judged. */
  | { readonly kind: 'refused' }
  /** A promotion, a code, a global discount or a grant that it uses has been written since it was judged, or a customer erased. */
  | { readonly kind: 'stale' }
  /** It could not be counted together with another entry of the batch; the same again may be. */
  | { readonly kind: 'again' };

/** Counts redemptions, those of one provider together. */
export async function recordRedemptions(db: Knex, entries: readonly RedemptionEntry[]): Promise<RecordOutcome[]> {
  const outcomes = new Map<RedemptionEntry, RecordOutcome>();
  for (const [providerId, batch] of groupBy(entries, (entry) => entry.providerId)) {
    await recordBatch(db, providerId, batch, outcomes);
  }
  return entries.map((entry) => outcomes.get(entry) ?? { kind: 'again' });
}

/**
 * Counts a batch in one statement, which is one transaction: it writes every entry or none. Where one does not fit, each
 * is decided in turn on what the ones before it leave, and the rest is tried again without it.
 */
async function recordBatch(
  db: Knex,
  providerId: string,
  entries: readonly RedemptionEntry[],
  outcomes: Map<RedemptionEntry, RecordOutcome>,
): Promise<void> {
  let open = firstOfEachOrder(entries);
  let released = false;
  while (open.length > 0) {
    const batch = open;
    const { written, at, expired } = await retryContention(() => attempt(db, providerId, batch));
    if (written) {
      for (const entry of batch) outcomes.set(entry, { kind: 'recorded', row: rowOf(entry, at) });
      await housekeep(db, providerId, expired, batch.length);
      return;
    }
    const standing = await readObstacles(db, providerId, batch);
    const decided = decide(batch, standing);
    const isRefused = !released && expired && [...decided.values()].some(({ kind }) => kind === 'refused');
    if (isRefused || standing.orders.some(({ status }) => status === 'expired')) {
      // What expired holds still have, uses and orders, is free: it is given back, and the same entries may fit.
      const uses = batch.flatMap((entry) => entry.uses);
      await releaseExpiredHolds(db, providerId, uses);
      released = true;
      continue;
    }
    for (const [entry, outcome] of decided) outcomes.set(entry, outcome);
    open = batch.filter((entry) => !decided.has(entry));
    // Entries that limit the same counter differently: one after the other.
    if (decided.size === 0) open = batch.slice(0, 1);
  }
}

/** After how many redemptions of this process the tables are counted anew. */
const MILESTONES = [32, 256, 2_048, 16_384];
let recorded = 0;

/**
 * Does occasional housekeeping here, so that no timer is needed: expired holds do not pile up, and young tables, which
 * outgrow PostgreSQL's statistics, do not keep a plan made for a few rows. The redemptions are already written; if this
 * fails, the next ones retry it.
 */
async function housekeep(db: Knex, providerId: string, expired: boolean, written: number): Promise<void> {
  if (db.isTransaction) return;
  const before = recorded;
  recorded += written;
  // Not awaited: it takes long on a busy machine.
  if (MILESTONES.some((milestone) => before < milestone && milestone <= recorded)) void countRows(db).catch(() => {});
  if (expired) await releaseExpiredHolds(db, providerId).catch(() => {});
}

/** Without the JSON columns: no query filters by them, and they are most of the data. */
async function countRows(db: Knex): Promise<void> {
  const looked = 'provider_id, id, order_id, status, customer_id, expires_at';
  await db.raw(`analyze redemptions (${looked}), redemption_uses, usage_counters`);
}

/** Inside a transaction, one that PostgreSQL ends in favour of another is rolled back to where it began, and may be tried again. */
async function attempt(db: Knex, providerId: string, entries: readonly RedemptionEntry[]): Promise<Recorded> {
  if (!db.isTransaction) return record(db, providerId, entries);
  return db.transaction((savepoint) => record(savepoint, providerId, entries));
}

function firstOfEachOrder(entries: readonly RedemptionEntry[]): RedemptionEntry[] {
  const orders = new Map<string, RedemptionEntry>();
  for (const entry of entries) {
    if (!orders.has(entry.orderId)) orders.set(entry.orderId, entry);
  }
  return [...orders.values()];
}

/** Decides each entry in turn on what the ones before it leave; those that fit are not among the answers. */
function decide(
  entries: readonly RedemptionEntry[],
  { counters, orders, rules, catalogVersion }: Obstacles,
): Map<RedemptionEntry, RecordOutcome> {
  const used = new Map(counters.map((counter) => [counterOf(counter), Big(counter.used)]));
  const existing = new Map(orders.map((row) => [row.order_id, row]));
  const versions = new Map(rules.map(({ id, version }) => [id, version]));
  const decided = new Map<RedemptionEntry, RecordOutcome>();
  for (const entry of entries) {
    const row = existing.get(entry.orderId);
    const isCurrent =
      (entry.catalogVersion ?? catalogVersion) === catalogVersion &&
      judgedRules(entry).every(([id, version]) => versions.get(id) === version);
    const uses = entry.uses.map((use) => {
      const key = counterOf(use);
      return { key, after: Big(used.get(key) ?? 0).plus(use.amount), limit: use.limit };
    });
    if (row !== undefined) decided.set(entry, { kind: 'exists', row });
    else if (uses.some(({ after, limit }) => limit !== undefined && after.gt(limit))) {
      decided.set(entry, { kind: 'refused' });
    } else if (!isCurrent) decided.set(entry, { kind: 'stale' });
    else for (const { key, after } of uses) used.set(key, after);
  }
  return decided;
}

/** Returns the row that was written for an entry at a moment of the database's clock. */
function rowOf(entry: RedemptionEntry, moment: string): RedemptionRow {
  const { holdSeconds } = entry;
  const expiresAt = holdSeconds === undefined ? null : new Date(Date.parse(moment) + holdSeconds * 1_000).toISOString();
  const at = entry.at.toISOString();
  return {
    provider_id: entry.providerId,
    id: entry.id,
    order_id: entry.orderId,
    status: expiresAt === null ? 'confirmed' : 'held',
    customer_id: entry.customerId ?? null,
    expires_at: expiresAt,
    request_hash: entry.requestHash,
    quote: entry.quote,
    metadata: entry.metadata ?? null,
    returned: null,
    replaced_at: null,
    version: 1,
    created_at: at,
    updated_at: at,
  };
}
