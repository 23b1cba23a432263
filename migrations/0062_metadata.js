const TABLES = [
  'tags',
  'plans',
  'promotions',
  'discounts',
  'related_products',
  'upgrade_paths',
  'promo_codes',
  'redemptions',
];

exports.up = (knex) =>
  knex.raw(
    TABLES.map(
      (table) => `
        alter table ${table} add column metadata jsonb check (jsonb_typeof(metadata) = 'object');
        comment on column ${table}.metadata is 'What the platform notes for itself, texts by name; null: nothing.';`,
    ).join(''),
  );

exports.down = (knex) => knex.raw(TABLES.map((table) => `alter table ${table} drop column metadata;`).join(''));
