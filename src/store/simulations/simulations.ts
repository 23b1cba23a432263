import type { Knex } from 'knex';
import { type Impact, toldImpact } from '../../engine/simulation/impact';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { Conflict } from '../database/errors';
import { newId } from '../database/id';
import type { PageRequest } from '../database/requests';
import { toDate, toInstant, withoutNulls } from '../database/rows';
import { countOrders } from './replayed-orders';
import type { Simulation, SimulationInput, SimulationStatus } from './simulation';

/** A row of `simulations`. */
interface Row {
  provider_id: string;
  id: string;
  status: SimulationStatus;
  draft: string | null;
  starts_at: Date;
  ends_at: Date;
  promotion_ids: string[] | null;
  orders: number;
  done: number;
  after_id: string | null;
  catalog_version: number | null;
  tally: Impact | null;
  attempts: number;
  created_at: Date;
  finished_at: Date | null;
}

/** The most orders that one simulation replays. */
const MOST_ORDERS = 100_000;
/** As many of one provider wait or run at a time. */
const MOST_OPEN = 3;
/** As many of a provider are kept once they have ended. */
const MOST_KEPT = 50;

const OPEN = `status in ('queued', 'running')`;

/** Notes what is to be replayed; which process does it is open. */
export async function createSimulation(
  trx: Knex.Transaction,
  providerId: string,
  input: SimulationInput,
  at: Date,
): Promise<Simulation> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0)) from providers where id = ?', [
    `simulations of ${providerId}`,
    providerId,
  ]);
  await refuseUnknown(trx, providerId, input.promotionIds ?? []);
  const [open] = await trx('simulations').where('provider_id', providerId).whereRaw(OPEN).count<{ count: number }[]>();
  if ((open?.count ?? 0) >= MOST_OPEN) {
    throw new Conflict(
      'too_many_simulations',
      `${MOST_OPEN} simulations wait or run; cancel one, or wait for one to end.`,
    );
  }
  const span = {
    providerId,
    from: toDate(input.from) as Date,
    to: toDate(input.to) as Date,
    promotionIds: input.promotionIds ?? null,
  };
  const orders = await countOrders(trx, span, MOST_ORDERS + 1);
  if (orders > MOST_ORDERS) {
    const detail = `The span has more than ${MOST_ORDERS} orders, the maximum of one simulation.`;
    throw new RequestRefused('invalid_request', [{ pointer: '/to', code: 'too_many_orders', detail }]);
  }
  const row = {
    provider_id: providerId,
    id: newId(),
    draft: JSON.stringify(input.draft),
    starts_at: span.from,
    ends_at: span.to,
    promotion_ids: span.promotionIds,
    orders,
    created_at: at,
  };
  const [saved] = await trx<Row>('simulations').insert(row).returning<Row[]>('*');
  await forgetOldest(trx, providerId);
  return toSimulation(saved as Row);
}

/** Lists a page of the provider's simulations, oldest first. */
export async function listSimulations(
  db: Knex,
  providerId: string,
  { limit, after = '' }: PageRequest,
): Promise<Simulation[]> {
  const rows = await db<Row>('simulations')
    .where('provider_id', providerId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select<Row[]>('*');
  return rows.map(toSimulation);
}

/** Reads one simulation. */
export async function getSimulation(db: Knex, providerId: string, id: string): Promise<Simulation | undefined> {
  const row = await db<Row>('simulations').where({ provider_id: providerId, id }).first<Row | undefined>('*');
  return row && toSimulation(row);
}

/** Ends a simulation that waits or runs, and removes one that has ended; returns whether there was one. */
export async function cancelSimulation(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
  at: Date,
): Promise<boolean> {
  const cancelled = await trx('simulations')
    .where({ provider_id: providerId, id })
    .whereRaw(OPEN)
    .update({ status: 'cancelled', draft: null, lease_owner: null, lease_until: null, finished_at: at });
  if (cancelled > 0) return true;
  return (await trx('simulations').where({ provider_id: providerId, id }).delete()) > 0;
}

/** Cancels those whose drafts name a customer. */
export async function cancelSimulationsNaming(
  trx: Knex.Transaction,
  { providerId, customerId }: { providerId: string; customerId: string },
): Promise<void> {
  await trx('simulations')
    .where('provider_id', providerId)
    .whereRaw('position(? in draft) > 0', [JSON.stringify(customerId)])
    .update({ status: 'cancelled', draft: null, lease_owner: null, lease_until: null, finished_at: trx.fn.now() });
}

function toSimulation(row: Row): Simulation {
  const { id, status, orders, done, tally } = row;
  return withoutNulls({
    id,
    status,
    from: toInstant(row.starts_at) as string,
    to: toInstant(row.ends_at) as string,
    promotionIds: row.promotion_ids,
    // Orders may have been added, or erased, since they were counted.
    progress: { done, of: status === 'done' ? done : Math.max(orders, done) },
    result: status === 'done' && tally !== null ? toldImpact(tally) : null,
    createdAt: toInstant(row.created_at) as string,
    finishedAt: toInstant(row.finished_at),
  });
}

async function refuseUnknown(
  trx: Knex.Transaction,
  providerId: string,
  promotionIds: readonly string[],
): Promise<void> {
  const rows = await trx('promotions')
    .where('provider_id', providerId)
    .whereRaw('id = any(?)', [[...promotionIds]])
    .select<{ id: string }[]>('id');
  const known = new Set(rows.map(({ id }) => id));
  const errors = promotionIds.flatMap((id, index) =>
    known.has(id)
      ? []
      : [{ pointer: `/promotionIds/${index}`, code: 'unknown_promotion', detail: `Promotion "${id}" does not exist.` }],
  );
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
}

async function forgetOldest(trx: Knex.Transaction, providerId: string): Promise<void> {
  const ended = trx('simulations')
    .where('provider_id', providerId)
    .whereRaw(`not (${OPEN})`)
    .orderBy('id', 'desc')
    .offset(MOST_KEPT)
    .select('id');
  await trx('simulations').where('provider_id', providerId).whereIn('id', ended).delete();
}
