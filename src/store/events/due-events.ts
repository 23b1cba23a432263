import type { Knex } from 'knex';
import { pipelined } from '../database/pipelined';
import { execute, preparedStatement } from '../database/prepared-statement';
import { grantFactsSql, instantSql } from './facts';

/** A promotion or a grant, and the instants at which the clock makes an event of it. */
export interface Dated {
  readonly id: string;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
}

/** Notes when the windows of written promotions begin and end, in place of what was noted before. */
export async function schedulePromotions(
  trx: Knex.Transaction,
  providerId: string,
  promotions: readonly Dated[],
): Promise<void> {
  await schedule(trx, providerId, promotions, ['promotion.started', 'promotion.ended']);
}

/** Notes when a written grant ends, in place of what was noted before. */
export async function scheduleGrant(trx: Knex.Transaction, providerId: string, grant: Dated): Promise<void> {
  await schedule(trx, providerId, [grant], [undefined, 'grant.ended']);
}

const FORGET = preparedStatement(
  'delete from due_events where provider_id = $1 and type = any($2) and subject = any($3)',
);
const NOTE = preparedStatement(`
  insert into due_events (provider_id, type, subject, due_at)
  select $1, * from unnest($2::text[], $3::text[], $4::timestamptz[]) as due (type, subject, due_at)
  where due_at > statement_timestamp()`);

/** Notes what becomes due, in place of what was noted before; a date that had passed when it was written causes no event. */
async function schedule(
  trx: Knex.Transaction,
  providerId: string,
  dated: readonly Dated[],
  [starts, ends]: readonly [starts: string | undefined, ends: string],
): Promise<void> {
  if (dated.length === 0) return;
  const types = [starts, ends].filter((type) => type !== undefined);
  const due = dated.flatMap(({ id, starts_at, ends_at }) => [
    ...(starts !== undefined && starts_at !== null ? [{ type: starts, id, at: starts_at }] : []),
    ...(ends_at !== null ? [{ type: ends, id, at: ends_at }] : []),
  ]);
  const subjects = due.map(({ id }) => id);
  const instants = due.map(({ at }) => at.toISOString());
  await pipelined(
    trx,
    () => execute(trx, FORGET, [providerId, types, dated.map(({ id }) => id)]),
    async () => due.length > 0 && execute(trx, NOTE, [providerId, due.map(({ type }) => type), subjects, instants]),
  );
}

/** What was spent of a grant `g`, by currency. Beside the grant: Citus takes no look-up for each part of its balance. */
const SPENDING = `(
    select coalesce(jsonb_object_agg(counter.currency, counter.used), '{}') as spent from usage_counters counter
    where counter.provider_id = :providerId and counter.kind = 'grant' and counter.subject = g.id and counter.customer_id = ''
  ) spending`;

/** Whether something is left of a grant `g`: one that is used up has ended already. */
const HAS_SOMETHING_LEFT = `(g.payments is null or g.payments > ${spentOf("''")})
  and (g.balance is null or exists (
    select from jsonb_each_text(g.balance) given where cast(given.value as numeric) > ${spentOf('given.key')}
  ))`;

/** In one statement, so that a due event is written and struck off at once; a row that another process is at is left to it. */
const BRING_ABOUT = `
  with due as (
    delete from due_events where provider_id = :providerId and (type, subject) in (
      select type, subject from due_events
      where provider_id = :providerId and due_at <= statement_timestamp()
      order by due_at, type, subject limit 1000 for update skip locked
    )
    returning type, subject, due_at
  )
  insert into events (provider_id, type, data)
  select :providerId, type, data from (
    select due.*, jsonb_strip_nulls(jsonb_build_object(
      'promotionId', p.id, 'key', p.key, 'name', p.name, 'status', p.status, 'startsAt', ${instantSql('p.starts_at')},
      'endsAt', ${instantSql('p.ends_at')}, 'version', p.version
    )) as data
    from due join promotions p on p.provider_id = :providerId and p.id = due.subject and p.status = 'active'
    where due.type <> 'grant.ended'
    union all
    select due.*, ${grantFactsSql('g')} from due join grants g on g.provider_id = :providerId and g.id = due.subject
    cross join lateral ${SPENDING}
    where due.type = 'grant.ended' and g.revoked_at is null and ${HAS_SOMETHING_LEFT}
  ) happened
  order by due_at, type, subject`;

/** Writes the events of a provider whose time has come; each is written once, whoever looks. */
export async function bringAbout(db: Knex, providerId: string): Promise<void> {
  await db.raw(BRING_ABOUT, { providerId });
}

/** Reads some of the providers of which something is due. */
export async function providersWithDueEvents(db: Knex): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { provider_id: string }[] }>(
    'select provider_id from due_events where due_at <= now() order by due_at limit 1000',
  );
  // Not by the statement, of which a cluster would make two.
  return [...new Set(rows.map(({ provider_id }) => provider_id))];
}

function spentOf(currency: string): string {
  return `coalesce(cast(spending.spent ->> ${currency} as numeric), 0)`;
}
