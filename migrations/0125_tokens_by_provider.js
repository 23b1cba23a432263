const up = `
alter table api_keys drop constraint api_keys_token_hash_key;
alter table api_keys add constraint api_keys_token_hash_key unique (provider_id, token_hash);
create index api_keys_by_token on api_keys (token_hash);
comment on index api_keys_by_token is 'Whose key a token is; unique by provider, as tables that lie on several servers can have it.';
`;

const down = `
drop index api_keys_by_token;
alter table api_keys drop constraint api_keys_token_hash_key;
alter table api_keys add constraint api_keys_token_hash_key unique (token_hash);
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
