const up = `
alter table redemptions drop constraint redemptions_status_check,
  add constraint redemptions_status_check check (status in ('held', 'confirmed', 'cancelled', 'expired', 'returned')),
  add column returned jsonb check (jsonb_typeof(returned) = 'object'),
  add column replaced_at timestamptz;
comment on column redemptions.returned is 'What came back of the order so far and what was paid back for it, line by line; null: nothing.';
comment on column redemptions.replaced_at is 'When its cart was last replaced; null: it is the one that was redeemed.';
drop index redemptions_order_unique;
create unique index redemptions_order_unique on redemptions (provider_id, order_id)
  where status in ('held', 'confirmed', 'returned');
comment on index redemptions_order_unique is 'An order counts once; what was cancelled or has expired frees it.';
comment on column redemptions.order_id is 'The platform''s order; one redemption each that is held, confirmed or returned.';
alter table grants add column replaced_at timestamptz;
comment on column grants.replaced_at is 'When the redemption that it came from was replaced, as if there had never been this grant; null: it was not.';
comment on column redemption_uses.amount is 'One use, or the money where there is a currency; 0: used by what the redemption was before it was replaced.';
`;

// For an older release a returned order is a cancelled one, and of a part of an order nothing came back.
const down = `
comment on column redemption_uses.amount is 'One use, or the money where there is a currency.';
alter table grants drop column replaced_at;
comment on column redemptions.order_id is 'The platform''s order; one redemption each that is held or confirmed.';
update redemptions set status = 'cancelled' where status = 'returned';
drop index redemptions_order_unique;
create unique index redemptions_order_unique on redemptions (provider_id, order_id) where status in ('held', 'confirmed');
comment on index redemptions_order_unique is 'An order counts once; what was cancelled or has expired frees it.';
alter table redemptions drop column replaced_at,
  drop column returned,
  drop constraint redemptions_status_check,
  add constraint redemptions_status_check check (status in ('held', 'confirmed', 'cancelled', 'expired'));
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
