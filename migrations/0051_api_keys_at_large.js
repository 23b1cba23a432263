const up = `
alter table api_keys
  add column expires_at timestamptz,
  add column allowed_origins text[] check (allowed_origins is null or kind = 'publishable'),
  add column scopes text[] check (scopes is null or kind = 'secret'),
  add column rate_limit integer check (rate_limit >= 0),
  add column last_used_at timestamptz;
comment on column api_keys.expires_at is 'From when on the key does not work; null: it works until it is revoked.';
comment on column api_keys.allowed_origins is 'The origins of the web pages that a publishable key works on; null: all.';
comment on column api_keys.scopes is 'What a secret key may do; null: everything of its provider.';
comment on column api_keys.rate_limit is 'Requests a minute; 0 is no limit, null what the service is configured for.';
comment on column api_keys.last_used_at is 'When the key was last used, exact to a minute.';

create table retired_tokens (
  provider_id text collate "C" not null,
  token_hash bytea not null,
  key_id text collate "C" not null,
  valid_until timestamptz not null,
  primary key (provider_id, token_hash),
  foreign key (provider_id, key_id) references api_keys (provider_id, id) on delete cascade
);
create index retired_tokens_by_hash on retired_tokens (token_hash);
create index retired_tokens_by_key on retired_tokens (provider_id, key_id);
comment on table retired_tokens is 'Earlier tokens of keys that were rotated, which work on for a while, so that a platform can be told the new one.';
comment on column retired_tokens.provider_id is 'The provider that the token acts for.';
comment on column retired_tokens.token_hash is 'Hash of the token.';
comment on column retired_tokens.key_id is 'The key whose token it was.';
comment on column retired_tokens.valid_until is 'From when on the token does not work.';

drop trigger count_key_changes on api_keys;
create trigger count_key_changes after delete on api_keys
  for each row execute function count_key_changes();
create trigger count_key_updates after update on api_keys
  for each row when (old.last_used_at is not distinct from new.last_used_at)
  execute function count_key_changes();
`;

const down = `
drop trigger count_key_updates on api_keys;
drop trigger count_key_changes on api_keys;
create trigger count_key_changes after update or delete on api_keys
  for each row execute function count_key_changes();
drop table retired_tokens;
alter table api_keys
  drop column expires_at,
  drop column allowed_origins,
  drop column scopes,
  drop column rate_limit,
  drop column last_used_at;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
