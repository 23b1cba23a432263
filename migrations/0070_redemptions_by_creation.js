const up = `
create index redemptions_by_creation on redemptions (provider_id, created_at, id);
comment on index redemptions_by_creation is 'For lists and reports of a span of time.';
`;

const down = `
drop index redemptions_by_creation;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
