const up = `
create index promotions_exclusive on promotions (provider_id, priority desc, id) where exclusive and status = 'active';
comment on index promotions_exclusive is 'What can keep other rules out, the first ones by priority.';
create index discounts_of_orders on discounts (provider_id, id) where scope = 'order' and status = 'active';
comment on index discounts_of_orders is 'What competes for whole orders.';
create index plans_by_tag on plans using gin (tags);
comment on index plans_by_tag is 'Whether a tag of an upgrade path has a plan.';
`;

const down = `
drop index plans_by_tag;
drop index discounts_of_orders;
drop index promotions_exclusive;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
