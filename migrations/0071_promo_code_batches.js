const up = `
alter table promo_codes add column batch text check (batch <> '');
comment on column promo_codes.batch is 'The batch that the code was made or imported in; null: none.';
create index promo_codes_by_batch on promo_codes (provider_id, promotion_id, batch, id) where batch is not null;
`;

const down = `
alter table promo_codes drop column batch;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
