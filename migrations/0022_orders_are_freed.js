const up = `
alter table redemptions drop constraint redemptions_order_unique;
create unique index redemptions_order_unique on redemptions (provider_id, order_id) where status in ('held', 'confirmed');
create index redemptions_by_order on redemptions (provider_id, order_id, id);
comment on index redemptions_order_unique is 'An order counts once; what was cancelled or has expired frees it.';
comment on index redemptions_by_order is 'All that an order ever was.';
comment on column redemptions.order_id is 'The platform''s order; one redemption each that is held or confirmed.';
`;

// Where an order was redeemed again this fails: an older release would not know which of the redemptions is meant.
const down = `
drop index redemptions_by_order;
drop index redemptions_order_unique;
alter table redemptions add constraint redemptions_order_unique unique (provider_id, order_id);
comment on column redemptions.order_id is 'The platform''s order; one redemption each.';
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
