const TABLE = `
create table redeemed_discounts (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  discount_id text collate "C" not null,
  primary key (provider_id, discount_id),
  constraint redeemed_discounts_stay foreign key (provider_id, discount_id) references discounts (provider_id, id)
);
comment on table redeemed_discounts is 'Discounts that a redemption or a grant names, cancelled or not: they are archived, never removed.';
comment on column redeemed_discounts.provider_id is 'The provider.';
comment on column redeemed_discounts.discount_id is 'The discount.';
insert into redeemed_discounts
select d.provider_id, d.id from discounts d join (
  select provider_id, discount ->> 'discountId' as discount_id
  from redemptions cross join lateral jsonb_array_elements(coalesce(quote::jsonb -> 'discounts', '[]')) discount
  union
  select provider_id, discount_id from grants
) named on named.provider_id = d.provider_id and named.discount_id = d.id;
`;

const FOREIGN_KEY = `
alter table grants add constraint grants_discount_stays
  foreign key (provider_id, discount_id) references discounts (provider_id, id);
create index grants_by_discount on grants (provider_id, discount_id, id);
`;

const ORPHANS = `
select g.provider_id, g.discount_id, named ->> 'promotionId' as promotion_id, named ->> 'name' as name
from (
  select distinct on (provider_id, discount_id) provider_id, discount_id, redemption_id from grants g
  where not exists (select from discounts d where d.provider_id = g.provider_id and d.id = g.discount_id)
  order by provider_id, discount_id, id
) g
left join redemptions r on r.provider_id = g.provider_id and r.id = g.redemption_id
left join lateral (
  select named from jsonb_array_elements(coalesce(r.quote::jsonb -> 'discounts', '[]')) named
  where named ->> 'discountId' = g.discount_id limit 1
) named on true
order by 1, 2`;

/** The discount that took the place of a lost one: of its name, where it was; a live one first, then the oldest. */
const SUCCESSOR = `
select id from discounts
where provider_id = :provider_id and promotion_id is not distinct from :promotion_id::text and name = :name
order by status = 'archived', id limit 1`;

/** The lost discount as the history saw it last. */
const LAST_STATE = `
select coalesce(
  (select found from jsonb_array_elements(coalesce(before -> 'discounts', '[]')) found where found ->> 'id' = :discount_id),
  case when resource_id = :discount_id then before end
) as state,
case resource_type when 'promotion' then resource_id else before ->> 'promotionId' end as promotion_id
from audit_log
where provider_id = :provider_id and (
  resource_type = 'discount' and resource_id = :discount_id and before is not null
  or resource_type = 'promotion' and before -> 'discounts' @> jsonb_build_array(jsonb_build_object('id', :discount_id::text))
)
order by id desc limit 1`;

/** Archived, so that nobody gets it anew, and without its key, which may belong to another by now. */
const RESTORE = `
insert into discounts (
  provider_id, id, promotion_id, position, name, note, value, scope, selector, max_units, buy, charges, recipients,
  priority, starts_at, ends_at, validity, coverage, status
)
select :provider_id, :discount_id, :promotion_id,
  (select coalesce(max(position) + 1, 0) from discounts where provider_id = :provider_id and promotion_id = :promotion_id),
  s ->> 'name', s ->> 'note', s -> 'value', coalesce(s ->> 'scope', 'line'), s -> 'selector',
  (s ->> 'maxUnits')::integer, s -> 'buy',
  coalesce((select array_agg(charge) from jsonb_array_elements_text(s -> 'charges') charge), '{recurring}'),
  s -> 'recipients', (s ->> 'priority')::integer, (s ->> 'startsAt')::timestamptz, (s ->> 'endsAt')::timestamptz,
  s -> 'validity', coalesce(s ->> 'coverage', 'whole_period'), 'archived'
from (select :state::jsonb as s) state
where :promotion_id::text is null
  or exists (select from promotions where provider_id = :provider_id and id = :promotion_id)`;

/**
 * Grants whose discount an edit removed: they go to the discount that took its place; where there is none, the discount
 * is restored from the history. What neither tells gave nothing and cannot give anything: such a grant goes.
 */
async function repairGrants(knex) {
  const { rows: orphans } = await knex.raw(ORPHANS);
  for (const orphan of orphans) {
    const successor = (orphan.name === null ? [] : (await knex.raw(SUCCESSOR, orphan)).rows)[0];
    if (successor !== undefined) {
      await knex('grants')
        .where({ provider_id: orphan.provider_id, discount_id: orphan.discount_id })
        .update({ discount_id: successor.id });
      continue;
    }
    const [last] = (await knex.raw(LAST_STATE, orphan)).rows;
    if (last !== undefined && last.state !== null) {
      await knex.raw(RESTORE, { ...orphan, promotion_id: last.promotion_id, state: JSON.stringify(last.state) });
    }
  }
  await knex.raw(
    `delete from grants g
     where not exists (select from discounts d where d.provider_id = g.provider_id and d.id = g.discount_id)`,
  );
}

exports.up = async (knex) => {
  await repairGrants(knex);
  await knex.raw(TABLE);
  await knex.raw(FOREIGN_KEY);
};

exports.down = (knex) =>
  knex.raw(`
drop index grants_by_discount;
alter table grants drop constraint grants_discount_stays;
drop table redeemed_discounts;
`);
