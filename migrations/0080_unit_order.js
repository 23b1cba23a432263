const up = `
alter table discounts add column unit_order text check (unit_order in ('cheapest_first', 'dearest_first'));
comment on column discounts.unit_order is 'Which units max_units or a bundle takes; null: the cheapest first.';
`;

const down = `
alter table discounts drop column unit_order;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
