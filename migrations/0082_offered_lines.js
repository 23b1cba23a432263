const up = `
alter table related_products
  add column line jsonb check (jsonb_typeof(line) = 'object'),
  add column auto_add boolean not null default false;
comment on column related_products.line is 'What accepting the offer adds to the cart, with its prices by currency.';
comment on column related_products.auto_add is 'Whether the platform should add the line by itself.';
`;

const down = `
alter table related_products drop column line, drop column auto_add;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
