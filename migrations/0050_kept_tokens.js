const up = `
alter table api_keys add column sealed_token text;
comment on column api_keys.sealed_token is 'The token of a key that is no secret, such as the demo''s, encrypted by the admin key, so that a later start can print it; null for all others.';
`;

const down = `
alter table api_keys drop column sealed_token;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
