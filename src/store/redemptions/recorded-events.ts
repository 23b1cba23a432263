import { grantFactsSql, instantSql } from '../events/facts';

/** Money that is left of a grant in another currency than the one of a counter. */
const LEFT_ELSEWHERE = `exists (
  select from jsonb_each_text(g.balance) given
  left join usage_counters stored on stored.provider_id = g.provider_id and stored.kind = 'grant'
    and stored.subject = g.id and stored.customer_id = '' and stored.currency = given.key
  left join counter now on now.kind = 'grant' and now.subject = g.id and now.currency = given.key
  where cast(given.value as numeric) > coalesce(stored.used, 0) + coalesce(now.amount, 0)
)`;

/** What a redemption that is new tells. */
export const NEW_ORDER = "case when hold is null then 'redemption.confirmed' else 'redemption.held' end";

/**
 * Returns the events of redemptions that are being written, as parts of the statement that writes them: of each
 * redemption and each grant, and of whatever has nothing left by them. `written` and `kept` have the rows that are
 * written, and `counter` what is counted.
 */
export const recordedEvents = (type: string) => `
  exhausted as materialized (
    select provider_id, kind, subject, currency, most from counter
    where kind in ('promotion', 'budget', 'code', 'grant') and most > coalesce(used, 0) and most <= coalesce(used, 0) + amount
      and (select yes from verdict)
  ),
  told as (
    insert into events (provider_id, type, data)
    select provider_id, type, data from (
      select 1 as turn, entry.provider_id, ${type} as type,
        case when hold is null then facts else facts || jsonb_build_object('expiresAt', ${instantSql('written.expires_at')}) end
          as data
      from entry join written using (id)
      union all
      select 2, provider_id, 'grant.created', ${grantFactsSql('kept')} from kept
      union all
      select 3, provider_id, 'promotion.limit_reached', jsonb_build_object('promotionId', subject, 'limit', cast(most as bigint))
      from exhausted where kind = 'promotion'
      union all
      select 3, provider_id, 'promotion.budget_spent',
        jsonb_build_object('promotionId', subject, 'currency', currency, 'budget', cast(most as text))
      from exhausted where kind = 'budget'
      union all
      select 3, provider_id, 'promo_code.used_up', jsonb_build_object(
        'promoCodeId', c.id, 'promotionId', c.promotion_id, 'code', c.code, 'maxRedemptions', c.max_redemptions
      )
      from exhausted join promo_codes c using (provider_id)
      where kind = 'code' and c.id = subject
      union all
      select distinct 3, provider_id, 'grant.used_up', ${grantFactsSql('g')}
      from exhausted join grants g using (provider_id)
      where kind = 'grant' and g.id = subject and not ${LEFT_ELSEWHERE}
    ) happened
    order by turn
  ),
  scheduled as (
    insert into due_events (provider_id, type, subject, due_at)
    select provider_id, 'grant.ended', id, ends_at from kept where ends_at > clock_timestamp()
  )`;
