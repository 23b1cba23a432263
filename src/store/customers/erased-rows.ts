import type { Knex } from 'knex';
import { hashOfCustomer } from '../customer-hash';
import { grantFactsSql } from '../events/facts';

/** Few enough that whoever waits for one of them does not notice. */
const BATCH = 500;

/** Of whom something is erased. */
export interface ErasedCustomer {
  providerId: string;
  customerId: string;
}

/** Ends grants of a customer, who is a hash there from now on, and tells so; returns whether there may be more. */
export async function endGrants(trx: Knex.Transaction, customer: ErasedCustomer): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: [{ count: number }] }>(
    `with own as materialized (
       select g.id, g.revoked_at is null and coalesce(g.ends_at > clock_timestamp(), true) as active,
         ${hashOfCustomer('key', 'g.customer_id')} as customer_hash, ${hashOfCustomer('key', 'g.service_id')} as service_hash
       from grants g join customer_keys key on key.provider_id = g.provider_id
       where g.provider_id = :providerId and g.customer_id = :customerId
       order by g.id limit ${BATCH} for update of g
     ),
     ended as (
       update grants g set customer_id = own.customer_hash, service_id = own.service_hash, note = null,
         starts_at = least(g.starts_at, now() - interval '1 millisecond'), ends_at = least(g.ends_at, now()),
         version = g.version + 1, updated_at = now()
       from own where g.provider_id = :providerId and g.id = own.id
       returning g.*, own.active
     ),
     told as (
       insert into events (provider_id, type, data)
       select provider_id, 'grant.ended', ${grantFactsSql('ended')} - ${NAMES} from ended where active order by id
     ),
     struck as (
       delete from due_events due using own
       where due.provider_id = :providerId and due.type = 'grant.ended' and due.subject = own.id
     )
     select count(*)::int as count from ended`,
    { ...customer },
  );
  return rows[0].count === BATCH;
}

/** The members of an event that name a customer. */
const NAMES = `'{customerId,serviceId}'::text[]`;

/** Takes a customer out of events written after one; returns the last one looked at; none: all were. */
export async function eraseFromEvents(
  trx: Knex.Transaction,
  { providerId, customerId }: ErasedCustomer,
  after: string,
): Promise<string | undefined> {
  const { rows } = await trx.raw<{ rows: [{ last: string | null; count: number }] }>(
    `with looked as materialized (
       select written, data ->> 'customerId' = :customerId as names
       from events where provider_id = :providerId and written > :after::bigint
       order by written limit ${SCANNED_AT_ONCE}
     ),
     erased as (
       update events e set data = e.data - ${NAMES}
       from looked where looked.names and e.provider_id = :providerId and e.written = looked.written
     )
     select max(written)::text as last, count(*)::int as count from looked`,
    { providerId, customerId, after },
  );
  const [{ last, count }] = rows;
  return count === SCANNED_AT_ONCE && last !== null ? last : undefined;
}

/** Forgets what receivers of webhooks answered that names a customer, behind a delivery; returns the last one looked at; none: all were. */
export async function eraseFromDeliveries(
  trx: Knex.Transaction,
  { providerId, customerId }: ErasedCustomer,
  after: string,
): Promise<string | undefined> {
  const { rows } = await trx.raw<{ rows: [{ last: string | null; count: number }] }>(
    `with looked as materialized (
       select id, position(:customerId in concat(answer_body, ' ', error)) > 0 as names
       from webhook_deliveries where provider_id = :providerId and id > :after order by id limit ${SCANNED_AT_ONCE}
     ),
     erased as (
       update webhook_deliveries d set answer_body = null, error = null
       from looked where looked.names and d.provider_id = :providerId and d.id = looked.id
     )
     select max(id collate "C") as last, count(*)::int as count from looked`,
    { providerId, customerId, after },
  );
  const [{ last, count }] = rows;
  return count === SCANNED_AT_ONCE && last !== null ? last : undefined;
}

/** Leaves codes of a customer to the hash; returns whether there may be more. */
export async function hashOwnersOfCodes(trx: Knex.Transaction, customer: ErasedCustomer): Promise<boolean> {
  const { rowCount } = await trx.raw(
    `with own as materialized (
       select c.id, ${hashOfCustomer('key', 'c.customer_id')} as customer_hash
       from promo_codes c join customer_keys key on key.provider_id = c.provider_id
       where c.provider_id = :providerId and c.customer_id = :customerId
       order by c.id limit ${BATCH} for update of c
     )
     update promo_codes c set customer_id = null, customer_hash = own.customer_hash, metadata = null,
       version = c.version + 1, updated_at = now()
     from own where c.provider_id = :providerId and c.id = own.id`,
    { ...customer },
  );
  return rowCount === BATCH;
}

/** Empties recorded answers about a customer; the keys stay used, so that no effect happens twice. */
export async function emptyAnswers(trx: Knex.Transaction, customer: ErasedCustomer): Promise<boolean> {
  const { rowCount } = await trx.raw(
    `update idempotency_keys set customer_id = null, headers = '{}', body = ''
     where provider_id = :providerId and ctid = any (array(
       select ctid from idempotency_keys where provider_id = :providerId and customer_id = :customerId
       limit ${BATCH} for update))`,
    { ...customer },
  );
  return rowCount === BATCH;
}

/** Returns the ids of discounts that are meant for a customer by name. */
export async function discountsFor(db: Knex, { providerId, customerId }: ErasedCustomer): Promise<string[]> {
  const rows = await db('discounts')
    .where('provider_id', providerId)
    .whereRaw(`jsonb_exists(recipients -> 'customers', ?)`, [customerId])
    .orderBy('id')
    .select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}

/** What of an entry of the audit log may name a customer. */
interface States {
  id: string;
  before: unknown;
  after: unknown;
}

const SCANNED_AT_ONCE = 2_000;

/** Takes a customer out of entries of the audit log behind `after`; returns the last one looked at; none: all were. */
export async function eraseFromAuditLog(
  trx: Knex.Transaction,
  { providerId, customerId }: ErasedCustomer,
  after: string,
): Promise<string | undefined> {
  const { rows } = await trx.raw<{ rows: (States & { names: boolean })[] }>(
    `select id, case when names then before end as before, case when names then after end as after, names
     from (
       select *, position(to_jsonb(:customerId::text)::text in concat(before, after)) > 0 as names
       from audit_log where provider_id = :providerId and id > :after order by id limit ${SCANNED_AT_ONCE}
     ) looked order by id`,
    { providerId, customerId, after },
  );
  const naming = rows.filter(({ names }) => names);
  if (naming.length > 0) {
    await mayChangeAuditLog(trx);
    const states = naming.map(({ id, before, after }) => ({
      id,
      before: withoutCustomer(before, customerId),
      after: withoutCustomer(after, customerId),
    }));
    await trx.raw(
      `update audit_log a set before = states.before, after = states.after
       from jsonb_to_recordset(:states::jsonb) as states (id text, before jsonb, after jsonb)
       where a.provider_id = :providerId and a.id = states.id`,
      { providerId, states: JSON.stringify(states) },
    );
  }
  return rows.length === SCANNED_AT_ONCE ? rows.at(-1)?.id : undefined;
}

/** The audit log is only ever appended to, except for this. */
export async function mayChangeAuditLog(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`select set_config('offerbook.erasing', 'on', true)`);
}

/** Beside the id itself: what is noted of a grant or a code that is the customer's. */
const OF_CUSTOMER = ['customerId', 'serviceId', 'note', 'metadata'];

/** Returns a value without the customer: neither as owner of something, nor among those whom a discount is for. */
export function withoutCustomer(value: unknown, customerId: string): unknown {
  if (Array.isArray(value)) return value.map((part) => withoutCustomer(part, customerId));
  if (typeof value !== 'object' || value === null) return value;
  const isTheirs = 'customerId' in value && value.customerId === customerId;
  const kept = Object.entries(value).filter(([name]) => !(isTheirs && OF_CUSTOMER.includes(name)));
  return Object.fromEntries(
    kept.map(([name, part]) => [
      name,
      name === 'customers' && Array.isArray(part)
        ? part.filter((id) => id !== customerId)
        : withoutCustomer(part, customerId),
    ]),
  );
}
