const up = `
create table providers (
  id text collate "C" primary key check (id <> ''),
  name text not null check (name <> ''),
  time_zone text not null check (time_zone <> ''),
  default_language text not null check (default_language <> ''),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  catalog_version bigint not null default 0 check (catalog_version >= 0),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table providers is 'A company whose promotions are kept apart from everybody else''s; every other table is keyed by it.';
comment on column providers.id is 'A slug, chosen by the client.';
comment on column providers.name is 'The company''s name.';
comment on column providers.time_zone is 'IANA time zone; calendar arithmetic runs in it.';
comment on column providers.default_language is 'BCP 47 tag of the language of last resort.';
comment on column providers.settings is 'How quotes are computed, as sent; what is absent has its default.';
comment on column providers.catalog_version is 'Counts the writes to the provider''s rules, so that a process knows when its copy is old.';
comment on column providers.version is 'Counts the writes of this row; the ETag.';
comment on column providers.created_at is 'When the row was created.';
comment on column providers.updated_at is 'When the row was last written.';

create table api_keys (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  name text not null check (name <> ''),
  kind text not null check (kind in ('secret', 'publishable')),
  token_hash bytea not null unique,
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id)
);
comment on table api_keys is 'Tokens with which a provider''s systems and web pages call the service.';
comment on column api_keys.provider_id is 'The provider that the token acts for.';
comment on column api_keys.id is 'Server-made id.';
comment on column api_keys.name is 'A name for the back office.';
comment on column api_keys.kind is 'secret: everything of the provider; publishable: quotes only, safe in a web page.';
comment on column api_keys.token_hash is 'Hash of the token, which itself is shown once and never stored.';
comment on column api_keys.version is 'Counts the writes of this row; the ETag.';
comment on column api_keys.created_at is 'When the row was created.';
comment on column api_keys.updated_at is 'When the row was last written.';
`;

const down = `
drop table api_keys;
drop table providers;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
