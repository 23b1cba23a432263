const FITS_NOT = 'OB001';

const COUNTER = 'kind text, subject text, customer_id text, currency text, amount numeric, most numeric';

/** What may not have been written since it was judged, by id with its version; such a row stays as it is until the end. */
const judged = (list, table) => `
        select 'rule' as kind from (
          select id, version from ${table}
          where provider_id = provider and id = any(array(select jsonb_object_keys(input -> '${list}'))) for share
        ) rule where rule.version = (input -> '${list}' ->> rule.id)::integer`;

/** The same of what few redemptions have. */
const hold = (list, table) => `
    if input ? '${list}' then
      select count(*) into held from (${judged(list, table)}
      ) found;
      if held < (select count(*) from jsonb_object_keys(input -> '${list}')) then raise sqlstate '${FITS_NOT}'; end if;
    end if;`;

const instant = (column) =>
  `replace(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')`;

const grantFacts = `jsonb_strip_nulls(jsonb_build_object(
        'grantId', g.id, 'customerId', g.customer_id, 'discountId', g.discount_id, 'serviceId', g.service_id,
        'redemptionId', g.redemption_id, 'startsAt', ${instant('g.starts_at')},
        'endsAt', ${instant('g.ends_at')}, 'payments', g.payments, 'balance', g.balance
      ))`;

/** What redemptions tell beside themselves: what they have left nothing of. Rare, so it may cost something. */
const tellEmptied = `
    if emptied is not null then
      insert into events (provider_id, written, type, data)
      select provider, nextval('events_written_seq'),
        case e.kind when 'promotion' then 'promotion.limit_reached' else 'promotion.budget_spent' end,
        case e.kind
          when 'promotion' then jsonb_build_object('promotionId', e.subject, 'limit', e.most::bigint)
          else jsonb_build_object('promotionId', e.subject, 'currency', e.currency, 'budget', e.most::text)
        end
      from jsonb_to_recordset(emptied) as e (${COUNTER})
      where e.kind in ('promotion', 'budget');

      insert into events (provider_id, written, type, data)
      select provider, nextval('events_written_seq'), 'promo_code.used_up', jsonb_build_object(
        'promoCodeId', c.id, 'promotionId', c.promotion_id, 'code', c.code, 'maxRedemptions', c.max_redemptions
      )
      from promo_codes c
      where c.provider_id = provider
        and c.id in (select e.subject from jsonb_to_recordset(emptied) as e (${COUNTER}) where e.kind = 'code');

      insert into events (provider_id, written, type, data)
      select provider, nextval('events_written_seq'), 'grant.used_up', ${grantFacts}
      from grants g
      where g.provider_id = provider
        and g.id in (select e.subject from jsonb_to_recordset(emptied) as e (${COUNTER}) where e.kind = 'grant')
        and not exists (
          select 1 from jsonb_each_text(g.balance) given
          left join usage_counters spent on spent.provider_id = provider and spent.kind = 'grant'
            and spent.subject = g.id and spent.customer_id = '' and spent.currency = given.key
          where given.value::numeric > coalesce(spent.used, 0)
        );
    end if;`;

const USE = 'redemption_id text, kind text, subject text, customer_id text, currency text, amount numeric';
const insertUses = `insert into redemption_uses (provider_id, redemption_id, kind, subject, customer_id, currency, amount)
      select provider, redemption_id, kind, subject, customer_id, currency, amount
      from jsonb_to_recordset(input -> 'uses') as used (${USE})`;

/**
 * Counts what record_redemptions_1 counts, in less time: its plans are made once, where lists of unknown length made
 * PostgreSQL plan anew each time; whoever calls it has sorted counters and orders, so that all lock them in one order;
 * a counter finds its limit by its key, without a join; and what is only looked at is looked at by one statement.
 */
const up = `
create function record_redemptions_2(provider text, input jsonb, replacing boolean) returns json language plpgsql
-- A plan that was made while the tables were young is kept for long.
set enable_seqscan = off
-- Else it is made for the values of each call, which takes longer than the statement.
set plan_cache_mode = force_generic_plan as $$
declare
  fits boolean;
  emptied jsonb;
  held integer;
  named integer;
  expired boolean;
  ids text[];
  moment timestamptz;
begin
  begin
    -- First: then no erasure of a customer comes between.
    if input ? 'customers' then
      perform 1 from customer_keys
      where provider_id = provider and version = (input ->> 'customers')::integer for share;
      if not found then raise sqlstate '${FITS_NOT}'; end if;
    end if;

    with counted as (
      insert into usage_counters as stored (provider_id, kind, subject, customer_id, currency, used)
      select provider, kind, subject, customer_id, currency, amount
      from jsonb_to_recordset(input -> 'counters') as wanted (${COUNTER})
      on conflict (provider_id, kind, subject, customer_id, currency) do update set used = stored.used + excluded.used
      returning used, input #> array['limits', kind, subject, customer_id, currency] as wanted
    )
    select coalesce(bool_and(used <= (wanted ->> 'most')::numeric), true), count(*), jsonb_agg(wanted) filter (
      where used = (wanted ->> 'most')::numeric and (wanted ->> 'amount')::numeric > 0
        and wanted ->> 'kind' in ('promotion', 'budget', 'code', 'grant')
    )
    into fits, held, emptied
    from counted;
    if held < jsonb_array_length(input -> 'counters') then
      raise exception 'A counter was not written.' using errcode = 'serialization_failure';
    end if;
    if not fits then raise sqlstate '${FITS_NOT}'; end if;

    select count(*) filter (where kind = 'rule'), count(*) filter (where kind = 'redeemed'),
      count(*) filter (where kind = 'expired') > 0
    into held, named, expired
    from (${judged('promotions', 'promotions')}
        union all${judged('codes', 'promo_codes')}
        union all
        select 'rule' from providers where id = provider and catalog_version = (input ->> 'catalog')::bigint
        union all
        select 'redeemed' from redeemed_discounts
        where provider_id = provider
          and discount_id = any(array(select jsonb_array_elements_text(input -> 'redeemed')))
        union all
        (select 'expired' from redemptions
        where provider_id = provider and status = 'held' and expires_at <= clock_timestamp() limit 1)
    ) found;
    if held < (input ->> 'judged')::integer then raise sqlstate '${FITS_NOT}'; end if;
${hold('discounts', 'discounts')}
${hold('spent', 'grants')}

    if named < jsonb_array_length(input -> 'redeemed') then
      insert into redeemed_discounts (provider_id, discount_id)
      select provider, named.id from jsonb_array_elements_text(input -> 'redeemed') as named (id)
      order by named.id collate "C"
      on conflict do nothing;
    end if;

    moment := date_trunc('milliseconds', clock_timestamp());
    if replacing then
      update redemptions r set customer_id = entry.customer_id, request = entry.request::jsonb, quote = entry.quote,
        replaced_at = entry.at, erased_at = null, updated_at = entry.at, version = r.version + 1
      from jsonb_to_recordset(input -> 'entries') as entry (
        id text, customer_id text, request text, quote text, at timestamptz
      )
      where r.provider_id = provider and r.id = entry.id;
      ${insertUses}
      on conflict (provider_id, redemption_id, kind, subject, customer_id, currency) do update set amount = excluded.amount;
    else
      insert into redemptions (
        provider_id, id, order_id, status, customer_id, expires_at, request_hash, request, quote, currency, subtotal,
        discount, total, metadata, created_at, updated_at
      )
      select provider, id, order_id, case when hold is null then 'confirmed' else 'held' end, customer_id,
        moment + make_interval(secs => hold), request_hash, request::jsonb, quote,
        facts ->> 'currency', (facts #>> '{totals,subtotal}')::numeric, (facts #>> '{totals,discount}')::numeric,
        (facts #>> '{totals,total}')::numeric, metadata, at, at
      from jsonb_to_recordset(input -> 'entries') as entry (
        id text, order_id text, customer_id text, hold double precision, request_hash text, request text, quote text,
        facts jsonb, metadata jsonb, at timestamptz
      )
      on conflict (provider_id, order_id) where status in ('held', 'confirmed', 'returned') do nothing;
      get diagnostics held = row_count;
      if held < jsonb_array_length(input -> 'entries') then raise sqlstate '${FITS_NOT}'; end if;
      ${insertUses};
    end if;

    insert into events (provider_id, written, type, data)
    select provider, nextval('events_written_seq'), case
        when replacing then 'redemption.replaced'
        when hold is null then 'redemption.confirmed'
        else 'redemption.held'
      end,
      case when hold is null then facts
        else facts || jsonb_build_object('expiresAt', ${instant('(moment + make_interval(secs => hold))')})
      end
    from jsonb_to_recordset(input -> 'entries') as entry (hold double precision, facts jsonb);

    if input ? 'granted' then
      insert into grants (
        provider_id, id, customer_id, discount_id, redemption_id, starts_at, ends_at, service_id, payments, balance,
        terms, created_at, updated_at
      )
      select provider, id, customer_id, discount_id, redemption_id, starts_at, ends_at, service_id, payments, balance,
        terms, created_at, created_at
      from jsonb_to_recordset(input -> 'granted') as given (
        id text, customer_id text, discount_id text, redemption_id text, starts_at timestamptz, ends_at timestamptz,
        service_id text, payments bigint, balance jsonb, terms jsonb, created_at timestamptz
      );
      ids := array(select given ->> 'id' from jsonb_array_elements(input -> 'granted') given);
      insert into events (provider_id, written, type, data)
      select provider, nextval('events_written_seq'), 'grant.created', ${grantFacts}
      from grants g where g.provider_id = provider and g.id = any(ids) order by g.id;
      insert into due_events (provider_id, type, subject, due_at)
      select provider, 'grant.ended', g.id, g.ends_at
      from grants g where g.provider_id = provider and g.id = any(ids) and g.ends_at > moment;
    end if;
${tellEmptied}
    fits := true;
  exception when sqlstate '${FITS_NOT}' then
    fits := false;
  end;
  if not fits then
    perform 1 from redemptions
    where provider_id = provider and status = 'held' and expires_at <= clock_timestamp() limit 1;
    expired := found;
  end if;
  return json_build_object('written', fits, 'expired', expired, 'at', moment);
end $$;
comment on function record_redemptions_2(text, jsonb, boolean) is
  'Counts redemptions of one provider, all of them or none. Releases that run at the same time call the same function: one that is to do something else gets the next number.';
-- The same facts, by plans that are made once.
alter function read_facts_1(text, text[], text[], text[], text) set plan_cache_mode = force_generic_plan;
`;

const down = `
alter function read_facts_1(text, text[], text[], text[], text) reset plan_cache_mode;
drop function record_redemptions_2(text, jsonb, boolean);
`;

exports.up = (knex) => knex.raw(up.replace(/\?/g, '\\?'));
exports.down = (knex) => knex.raw(down);
