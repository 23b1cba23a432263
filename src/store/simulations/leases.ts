import type { Knex } from 'knex';
import type { Draft } from '../../engine/rulebook/draft';
import type { Impact } from '../../engine/simulation/impact';
import type { OrderSpan } from './replayed-orders';

/** A simulation that a process has taken up. */
export interface LeasedSimulation {
  readonly span: OrderSpan;
  readonly id: string;
  readonly owner: string;
  readonly draft: Draft;
  /** Where it stands; absent: nothing has been replayed. */
  readonly state: ReplayState | undefined;
}

/** How far a replay is, and what it has found. */
export interface ReplayState {
  /** The version of the stored rules that it replays by. */
  readonly catalogVersion: number;
  readonly done: number;
  /** The redemption that was replayed last. */
  readonly after: string | null;
  readonly impact: Impact;
}

interface Row {
  provider_id: string;
  id: string;
  draft: string;
  starts_at: Date;
  ends_at: Date;
  promotion_ids: string[] | null;
  done: number;
  after_id: string | null;
  catalog_version: number | null;
  tally: Impact | null;
}

/** A process that says nothing for so long has lost what it has taken up. */
const LEASE = `interval '15 seconds'`;
/** A simulation that was taken up this many times without progress is what ends its processes. */
const MOST_ATTEMPTS = 5;

const FREE = `status in ('queued', 'running') and (lease_until is null or lease_until < statement_timestamp())`;

/** Takes up the simulation that has waited longest, where one is free. */
export async function leaseSimulation(db: Knex, owner: string): Promise<LeasedSimulation | undefined> {
  const waiting = await db('simulations')
    .whereRaw(FREE)
    .orderBy('created_at')
    .limit(5)
    .select<{ provider_id: string; id: string; attempts: number }[]>('provider_id', 'id', 'attempts');
  for (const { provider_id, id, attempts } of waiting) {
    const isLost = attempts >= MOST_ATTEMPTS;
    const [row] = await db('simulations')
      .where({ provider_id, id, attempts })
      .whereRaw(FREE)
      .update({
        ...(isLost
          ? { status: 'failed', draft: null, finished_at: db.raw('statement_timestamp()') }
          : { status: 'running' }),
        attempts: attempts + 1,
        lease_owner: owner,
        lease_until: db.raw(`statement_timestamp() + ${LEASE}`),
      })
      .returning<(Row & { status: string })[]>('*');
    if (row !== undefined && row.status === 'running') return leasedOf(row, owner);
  }
  return undefined;
}

/** Notes how far a replay is; returns whether the process still has it. */
export async function saveProgress(
  db: Knex,
  { span, id, owner }: LeasedSimulation,
  { catalogVersion, done, after, impact }: ReplayState,
): Promise<boolean> {
  const saved = await leased(db, { span, id, owner }).update({
    done,
    after_id: after,
    catalog_version: catalogVersion,
    tally: JSON.stringify(impact),
    attempts: 0,
    lease_until: db.raw(`statement_timestamp() + ${LEASE}`),
  });
  return saved > 0;
}

/** Ends a replay, done or failed; what it was about to save is lost where the process has it no longer. */
export async function finishSimulation(
  db: Knex,
  simulation: LeasedSimulation,
  status: 'done' | 'failed',
): Promise<void> {
  const ended = { status, draft: null, lease_owner: null, lease_until: null };
  await leased(db, simulation).update({ ...ended, finished_at: db.raw('statement_timestamp()') });
}

/** Leaves a replay to another process. */
export async function releaseSimulation(db: Knex, simulation: LeasedSimulation): Promise<void> {
  await leased(db, simulation).update({ lease_owner: null, lease_until: null });
}

function leased(db: Knex, { span, id, owner }: Pick<LeasedSimulation, 'span' | 'id' | 'owner'>): Knex.QueryBuilder {
  return db('simulations').where({ provider_id: span.providerId, id, lease_owner: owner, status: 'running' });
}

function leasedOf(row: Row, owner: string): LeasedSimulation {
  const { id, done, after_id: after, catalog_version: catalogVersion, tally: impact } = row;
  return {
    span: { providerId: row.provider_id, from: row.starts_at, to: row.ends_at, promotionIds: row.promotion_ids },
    id,
    owner,
    draft: JSON.parse(row.draft) as Draft,
    state: catalogVersion === null || impact === null ? undefined : { catalogVersion, done, after, impact },
  };
}
