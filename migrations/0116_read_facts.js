const hash = (key, text) => `encode(sha256(${key}.key || sha256(${key}.key || convert_to(${text}, 'UTF8'))), 'hex')`;

/** The name that the uses of a row are counted under now: its own, or the hash that they went over to. */
const countedAs = `case when u.customer_id = '' then '' else coalesce((
        select known.customer_hash from customer_keys key
        join hashed_customers known on known.provider_id = provider
          and known.customer_hash = ${hash('key', 'u.customer_id')}
        where key.provider_id = provider
      ), u.customer_id) end`;

/** The `offset 0` keep the planner from comparing all redemptions with all uses. */
const usesOf = (redemptions) => `
      select u.kind, u.subject, u.customer_id, u.currency, u.amount
      from (select id from redemptions where provider_id = provider and ${redemptions} offset 0) r
      cross join lateral (
        select u.kind, u.subject, ${countedAs} as customer_id, u.currency, u.amount
        from redemption_uses u where u.provider_id = provider and u.redemption_id = r.id offset 0
      ) u`;

const FREE = 'kind text, subject text, customer_id text, currency text, amount numeric';
const LIVE = `(status = 'confirmed' or status = 'held' and expires_at > now())`;

const used = (kinds, customers) => `
      select counter.kind, counter.subject, counter.customer_id as customer, counter.currency,
        greatest(counter.used - coalesce(free.amount, 0), 0)::text as used
      from usage_counters counter
      left join jsonb_to_recordset(given_back) as free (${FREE}) using (kind, subject, customer_id, currency)
      where counter.provider_id = provider and counter.kind in (${kinds}) and counter.subject = any(ids)
        and counter.customer_id ${customers}`;

/**
 * Each step is a statement of its own, as in record_redemptions_1; all of them see the moment at which the function was
 * called, for it is stable. The uses of holds that have expired are free, whether somebody has given them back or not.
 */
const up = `
create function read_facts_1(provider text, codes text[], rules text[], customers text[], set_aside text) returns json
language plpgsql stable
-- A plan that was made while the tables were young is kept for long.
set enable_seqscan = off as $$
declare
  given_back jsonb;
  found_codes json;
  ids text[];
  found_customers json;
  names text[];
  owners text[];
  found_uses json;
  found_grants json;
  customers_version integer;
  rules_version bigint;
begin
  perform 1 from redemptions where provider_id = provider and status = 'held' and expires_at <= now() limit 1;
  if found or set_aside is not null then
    select jsonb_agg(free) into given_back from (
      select kind, subject, customer_id, currency, sum(amount) as amount from (
        ${usesOf(`status = 'held' and expires_at <= now()`)}
        union all
        ${usesOf(`id = set_aside and ${LIVE}`)}
      ) uses
      group by kind, subject, customer_id, currency
    ) free;
  end if;

  select json_agg(json_build_object(
    'code', code_key, 'id', id, 'version', version, 'promotionId', promotion_id, 'status', status,
    'startsAt', extract(epoch from starts_at) * 1000, 'endsAt', extract(epoch from ends_at) * 1000,
    'maxRedemptions', max_redemptions, 'maxRedemptionsPerCustomer', max_redemptions_per_customer,
    'customerId', customer_id, 'customerHash', customer_hash
  )), array_agg(id) || array_agg(promotion_id) || rules
  into found_codes, ids
  from promo_codes where provider_id = provider and code_key = any(codes);
  ids := coalesce(ids, rules);

  if cardinality(customers) > 0 then
    select json_agg(json_build_object('id', asked.id, 'hash', asked.hash, 'countedAs', asked.counted_as)),
      array_agg(asked.counted_as), array_agg(asked.id) || array_agg(asked.hash), max(asked.version)
    into found_customers, names, owners, customers_version
    from (
      select named.id, key.version, hashed.hash, coalesce(known.customer_hash, named.id) as counted_as
      from customer_keys key
      cross join unnest(customers) as named (id)
      cross join lateral (select ${hash('key', 'named.id')} as hash) hashed
      left join hashed_customers known on known.provider_id = provider and known.customer_hash = hashed.hash
      where key.provider_id = provider
    ) asked;

    select json_agg(counted) into found_uses from (${used(`'promotion', 'budget', 'code'`, `= ''`)}
      union all${used(`'promotion_customer', 'code_customer'`, '= any(names)')}
    ) counted;

    select json_agg(json_build_object(
      'customer', g.customer_id, 'id', g.id, 'version', g.version, 'discountId', g.discount_id,
      'serviceId', g.service_id, 'startsAt', extract(epoch from g.starts_at) * 1000,
      'endsAt', extract(epoch from g.ends_at) * 1000, 'isRevoked', g.revoked_at is not null,
      'isByHand', g.redemption_id is null, 'payments', g.payments, 'credit', g.balance, 'terms', g.terms,
      'spent', case when g.payments is not null or g.balance is not null then (
        select json_object_agg(counter.currency, greatest(counter.used - coalesce(free.amount, 0), 0)::text)
        from usage_counters counter
        left join jsonb_to_recordset(given_back) as free (${FREE}) using (kind, subject, customer_id, currency)
        where counter.provider_id = provider and counter.kind = 'grant' and counter.subject = g.id
          and counter.customer_id = ''
      ) end
    ) order by g.id)
    into found_grants
    from grants g
    left join redemptions r on r.provider_id = provider and r.id = g.redemption_id
    where g.provider_id = provider
      and g.customer_id = any(owners)
      and (r.id is null or r.status = 'confirmed' or r.status = 'held' and r.expires_at > now())
      and g.replaced_at is null and (set_aside is null or g.redemption_id is distinct from set_aside);
  else
    select json_agg(counted) into found_uses from (${used(`'promotion', 'budget', 'code'`, `= ''`)}
    ) counted;
  end if;

  select catalog_version into rules_version from providers where id = provider;
  return json_build_object(
    'codes', coalesce(found_codes, '[]'), 'used', coalesce(found_uses, '[]'), 'grants', coalesce(found_grants, '[]'),
    'customers', coalesce(found_customers, '[]'), 'customersVersion', customers_version, 'catalogVersion', rules_version
  );
end $$;
comment on function read_facts_1(text, text[], text[], text[], text) is
  'What quotes must know beside the rules, at one moment. Releases that run at the same time call the same function: one that is to do something else gets the next number.';
`;

exports.up = (knex) => knex.raw(up.replace(/\?/g, '\\?'));
exports.down = (knex) => knex.raw('drop function read_facts_1(text, text[], text[], text[], text)');
