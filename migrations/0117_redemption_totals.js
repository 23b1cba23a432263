const BATCH = 2_000;

const COLUMNS = `currency = quoted.quote ->> 'currency', subtotal = (quoted.quote #>> '{totals,subtotal}')::numeric,
  discount = (quoted.quote #>> '{totals,discount}')::numeric, total = (quoted.quote #>> '{totals,total}')::numeric`;

/** May be run again where it was interrupted. */
const up = `
alter table redemptions add column if not exists currency text, add column if not exists subtotal numeric,
  add column if not exists discount numeric, add column if not exists total numeric;
comment on column redemptions.currency is 'The currency of the quote.';
comment on column redemptions.subtotal is 'The subtotal of the quote, setup fees included, for reports; null: none that they could add up.';
comment on column redemptions.discount is 'The discount of the quote, setup fees included, for reports; null: none that they could add up.';
comment on column redemptions.total is 'The total of the quote, setup fees included, for reports; null: none that they could add up.';

create or replace function total_redemption() returns trigger language plpgsql as $$
declare
  quoted jsonb := new.quote::jsonb;
begin
  new.currency := quoted ->> 'currency';
  new.subtotal := (quoted #>> '{totals,subtotal}')::numeric;
  new.discount := (quoted #>> '{totals,discount}')::numeric;
  new.total := (quoted #>> '{totals,total}')::numeric;
  return new;
end $$;
comment on function total_redemption() is 'Keeps the totals of a redemption beside its quote, whatever release writes it.';
create or replace trigger total_new_redemption before insert on redemptions
  for each row when (new.currency is null) execute function total_redemption();
create or replace trigger total_changed_redemption before update of quote on redemptions
  for each row when (new.quote is distinct from old.quote) execute function total_redemption();
`;

const down = `
drop trigger total_changed_redemption on redemptions;
drop trigger total_new_redemption on redemptions;
drop function total_redemption();
alter table redemptions drop column total, drop column discount, drop column subtotal, drop column currency;
`;

/** What was redeemed before, a part at a time, so that a large table is locked for no longer than a part takes. */
const fill = (knex, after) =>
  knex.raw(
    `with part as materialized (
       select provider_id, id, quote from redemptions where (provider_id, id) > (:provider, :id)
       order by provider_id, id limit ${BATCH}
     ),
     filled as (
       update redemptions r set ${COLUMNS}
       from (select provider_id, id, quote::jsonb as quote from part) quoted
       where r.provider_id = quoted.provider_id and r.id = quoted.id and r.currency is null
     )
     select provider_id as provider, id from part order by provider_id desc, id desc limit 1`,
    after,
  );

exports.config = { transaction: false };

exports.up = async (knex) => {
  await knex.raw(up);
  let last = { provider: '', id: '' };
  while (last !== undefined) [last] = (await fill(knex, last)).rows;
};

exports.down = (knex) => knex.raw(down);
