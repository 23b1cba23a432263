const up = `
alter table providers add column keys_version bigint not null default 0 check (keys_version >= 0);
comment on column providers.keys_version is 'Counts the API keys that were revoked or changed, so that a process knows when to forget those that it remembers.';

create function count_key_changes() returns trigger language plpgsql as $$
begin
  update providers set keys_version = keys_version + 1 where id = old.provider_id;
  return null;
end $$;
comment on function count_key_changes() is 'Counts a revoked or changed API key of a provider.';
create trigger count_key_changes after update or delete on api_keys
  for each row execute function count_key_changes();

create function notify_provider_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('offerbook_providers', old.id);
  return null;
end $$;
comment on function notify_provider_changed() is 'Tells every process that listens which provider''s rules or keys have changed.';
create trigger notify_provider_changed after update of catalog_version, keys_version or delete on providers
  for each row execute function notify_provider_changed();
`;

const down = `
drop trigger notify_provider_changed on providers;
drop function notify_provider_changed();
drop trigger count_key_changes on api_keys;
drop function count_key_changes();
alter table providers drop column keys_version;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
