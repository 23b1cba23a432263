const columns = `
declare
  quoted jsonb := new.quote::jsonb;
begin
  new.currency := quoted ->> 'currency';
  new.subtotal := (quoted #>> '{totals,subtotal}')::numeric;
  new.discount := (quoted #>> '{totals,discount}')::numeric;
  new.total := (quoted #>> '{totals,total}')::numeric;`;

/** Under a name of its own: one of the index's name is what such a release tries again, for ever. */
const up = `
create or replace function total_redemption() returns trigger language plpgsql as $$${columns}
  if tg_op = 'INSERT' and new.status in ('held', 'confirmed') and exists (
    select 1 from redemptions r
    where r.provider_id = new.provider_id and r.order_id = new.order_id and r.status = 'returned'
  ) then
    raise exception 'The order has been returned.'
      using errcode = 'unique_violation', constraint = 'redemptions_returned', table = 'redemptions';
  end if;
  return new;
end $$;
comment on function total_redemption() is
  'Keeps the totals of a redemption beside its quote, whatever release writes it, and refuses one of a returned order to a release that does not know of returns.';
`;

const down = `
create or replace function total_redemption() returns trigger language plpgsql as $$${columns}
  return new;
end $$;
comment on function total_redemption() is 'Keeps the totals of a redemption beside its quote, whatever release writes it.';
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
