const up = `
create table removed_providers (
  provider_id text collate "C" primary key check (provider_id <> ''),
  catalog_version bigint not null check (catalog_version >= 0),
  keys_version bigint not null check (keys_version >= 0)
);
comment on table removed_providers is 'Where the versions of removed providers ended: a new provider of the same id goes on from there, so that no process, and no client, takes what it knows of the old one for the new one''s.';
comment on column removed_providers.provider_id is 'The provider''s id.';
comment on column removed_providers.catalog_version is 'The last version of its rules.';
comment on column removed_providers.keys_version is 'The last count of its revoked and changed API keys.';
`;

const down = `
drop table removed_providers;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
