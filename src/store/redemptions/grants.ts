import type { Knex } from 'knex';
import type { Amounts } from '../../engine/money/money';
import type { GrantTerms } from '../../engine/rulebook/terms';
import type { Instant } from '../../engine/time/instant';
import type { Id, Note, ServerMade, Stored, Term } from '../../engine/vocabulary/resource';
import type { PageRequest } from '../database/requests';
import { type StoredRow, serverFields, toDate, toInstant, withoutNulls } from '../database/rows';
import { amountsLeft } from './grant-amounts';
import { EXPIRED_USES } from './usage';

/** Where a grant stands: it gives its discount while it is active. */
export type GrantStatus = 'active' | 'used_up' | 'ended' | 'revoked';

/** The client-supplied fields of a grant. */
export interface GrantFields {
  /** The customer who keeps the discount. */
  customerId: Term;
  /** The discount, of whatever status, also of a promotion that is over. */
  discountId: Id;
  /**
   * The only service that it is kept for; absent: all of the customer's.
   * @minLength 1
   * @maxLength 255
   */
  serviceId?: string;
  /** Inclusive start; absent: now. */
  startsAt?: Instant;
  /** Exclusive end; absent: as the discount's `validity` says, else as long as something is left. */
  endsAt?: Instant;
  /**
   * For how many payments it still holds; absent: as the discount's `payments` says, else for any number.
   * @isInt
   * @minimum 0
   * @maximum 1000
   */
  paymentsLeft?: number;
  /** The money that is left, for a discount with `carryOver`; absent: all of the discount's amounts. */
  balance?: Amounts;
  /** A note for the back office. */
  note?: Note;
}

/** A grant to give by hand, or one that was read and is to be changed. */
export interface GrantInput extends GrantFields, ServerMade {
  /** The redemption that it came from; ignored in a write. */
  redemptionId?: Id;
  /** Where it stands; ignored in a write. */
  status?: GrantStatus;
}

/** A discount that a customer keeps. */
export interface Grant extends GrantFields, Stored {
  /** Inclusive start. */
  startsAt: Instant;
  /** The redemption that it came from; absent: it was given by hand. */
  redemptionId?: Id;
  /** Where it stands: `ended` is judged by the clock. */
  status: GrantStatus;
}

/** Which grants a list shows. */
export interface GrantFilter {
  customerId?: string | undefined;
  discountId?: string | undefined;
  /** Of any discount of this promotion. */
  promotionId?: string | undefined;
  serviceId?: string | undefined;
  status?: GrantStatus | undefined;
  /** Neither revoked nor used up, and running at this instant. */
  activeAt?: Instant | undefined;
}

/** A row of `grants`. */
interface GrantRow extends StoredRow {
  customer_id: string;
  discount_id: string;
  redemption_id: string | null;
  starts_at: Date;
  ends_at: Date | null;
  service_id: string | null;
  payments: number | null;
  balance: Amounts | null;
  terms: GrantTerms | null;
  note: string | null;
  revoked_at: Date | null;
}

/** What was spent of a grant, by currency; without one: payments. */
export type Spent = Readonly<{ [currency: string]: string }>;

/** A grant as it is read: with what was spent of it, expired holds left out, and where it stands. */
export type GrantRead = GrantRow & { spent: Spent; status: GrantStatus };

/** The provider's grants with what was spent of them; its one parameter is the provider's id. */
const GRANTS = `
  with expired as materialized (${EXPIRED_USES})
  select g.*, spending.spent, case
    when g.revoked_at is not null or r.status in ('cancelled', 'expired')
      or r.status = 'held' and r.expires_at <= clock_timestamp() then 'revoked'
    when g.payments <= coalesce(cast(spending.spent ->> '' as numeric), 0) or g.balance is not null and not exists (
      select from jsonb_each_text(g.balance) given
      where cast(given.value as numeric) > coalesce(cast(spending.spent ->> given.key as numeric), 0)
    ) then 'used_up'
    when g.ends_at <= clock_timestamp() then 'ended'
    else 'active'
  end as status
  from grants g
  left join redemptions r on r.provider_id = g.provider_id and r.id = g.redemption_id
  cross join lateral (
    select coalesce(jsonb_object_agg(
      counter.currency, cast(greatest(counter.used - coalesce(expired.amount, 0), 0) as text)
    ), '{}') as spent
    from usage_counters counter
    left join expired on expired.kind = 'grant' and expired.subject = counter.subject
      and expired.currency = counter.currency
    where counter.provider_id = :providerId and counter.kind = 'grant' and counter.subject = g.id
      and counter.customer_id = ''
  ) spending
  where g.provider_id = :providerId`;

/** Lists a page of the provider's grants, oldest first. */
export async function listGrants(
  db: Knex,
  providerId: string,
  filter: GrantFilter,
  { limit, after }: PageRequest,
): Promise<Grant[]> {
  const query = db
    .from(db.raw(`(${GRANTS}) as listed`, { providerId }))
    .orderBy('id')
    .limit(limit)
    .select('*');
  if (after !== undefined) query.where('id', '>', after);
  if (filter.customerId !== undefined) query.where('customer_id', filter.customerId);
  if (filter.discountId !== undefined) query.where('discount_id', filter.discountId);
  if (filter.serviceId !== undefined) query.where('service_id', filter.serviceId);
  if (filter.status !== undefined) query.where('status', filter.status);
  if (filter.promotionId !== undefined) {
    const ofPromotion = db('discounts').where({ provider_id: providerId, promotion_id: filter.promotionId });
    query.whereIn('discount_id', ofPromotion.select('id'));
  }
  const at = toDate(filter.activeAt);
  if (at !== null) {
    query.whereIn('status', ['active', 'ended']);
    query.whereRaw('starts_at <= ? and (ends_at is null or ends_at > ?)', [at, at]);
  }
  return ((await query) as GrantRead[]).map(toGrant);
}

/** Reads one grant. */
export async function getGrant(db: Knex, providerId: string, id: string): Promise<Grant | undefined> {
  const row = await readGrant(db, providerId, id);
  return row && toGrant(row);
}

/** Reads one grant with what was spent of it, held until the transaction ends: nobody spends it meanwhile. */
export async function lockGrant(trx: Knex.Transaction, providerId: string, id: string): Promise<GrantRead | undefined> {
  await trx('grants').where({ provider_id: providerId, id }).forUpdate().select('id');
  return readGrant(trx, providerId, id);
}

async function readGrant(db: Knex, providerId: string, id: string): Promise<GrantRead | undefined> {
  const { rows } = await db.raw<{ rows: GrantRead[] }>(`${GRANTS} and g.id = :id`, { providerId, id });
  return rows[0];
}

/** Writes a grant, new or locked, and reads it as it is then. */
export async function saveGrant(
  trx: Knex.Transaction,
  row: Omit<GrantRow, 'provider_id'> & { provider_id: string },
): Promise<Grant> {
  const { provider_id, id, ...columns } = row;
  const written = { ...columns, balance: asJson(row.balance), terms: asJson(row.terms) };
  await trx('grants')
    .insert({ provider_id, id, ...written })
    .onConflict(['provider_id', 'id'])
    .merge(written);
  return toGrant((await readGrant(trx, provider_id, id)) as GrantRead);
}

function asJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Returns the grant of a row, with what is left of it. */
export function toGrant(row: GrantRead): Grant {
  const { id, version, createdAt, updatedAt } = serverFields(row);
  const { payments, balance, spent } = row;
  return {
    id,
    ...withoutNulls({
      customerId: row.customer_id,
      discountId: row.discount_id,
      serviceId: row.service_id,
      startsAt: toInstant(row.starts_at) as Instant,
      endsAt: toInstant(row.ends_at),
      paymentsLeft: payments === null ? null : Math.max(0, Number(payments) - paymentsSpent(spent)),
      balance: balance && amountsLeft(balance, spent),
      redemptionId: row.redemption_id,
      note: row.note,
    }),
    status: row.status,
    version,
    createdAt,
    updatedAt,
  };
}

/** Returns how many payments were made by a grant. */
export function paymentsSpent(spent: Spent): number {
  return Number(spent[''] ?? 0);
}
