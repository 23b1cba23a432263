const up = `
create table audit_log (
  provider_id text collate "C" not null check (provider_id <> ''),
  id text collate "C" not null check (id <> ''),
  at timestamptz not null,
  actor text collate "C" not null check (actor <> ''),
  key_kind text not null check (key_kind in ('admin', 'secret')),
  request_id text not null,
  action text not null check (action in ('create', 'replace', 'patch', 'remove', 'generate', 'import')),
  resource_type text not null check (resource_type in ('provider', 'api_key', 'tag', 'plan', 'promotion', 'promo_code',
    'discount', 'related_product', 'upgrade_path')),
  resource_id text collate "C" not null check (resource_id <> ''),
  resource_key text,
  resource_name text,
  before jsonb,
  after jsonb,
  primary key (provider_id, id)
);
create index audit_log_by_resource on audit_log (provider_id, resource_type, resource_id, id);
create index audit_log_by_time on audit_log (provider_id, at);
comment on table audit_log is 'Who changed what and when. Nothing refers to a provider by a foreign key, so that the history of a removed one stays.';
comment on column audit_log.provider_id is 'The provider that was written, or whose resource was.';
comment on column audit_log.id is 'Server-made id, sortable by creation.';
comment on column audit_log.at is 'When it was written.';
comment on column audit_log.actor is 'The id of the API key that wrote, or admin.';
comment on column audit_log.key_kind is 'The kind of that key.';
comment on column audit_log.request_id is 'The id of the request, as in the service''s log.';
comment on column audit_log.action is 'What was done; import: by a whole catalog document.';
comment on column audit_log.resource_type is 'The kind of resource that was written.';
comment on column audit_log.resource_id is 'The id of the resource.';
comment on column audit_log.resource_key is 'The client''s key of the resource at that time; null: it had none.';
comment on column audit_log.resource_name is 'The name of the resource at that time; null: it had none.';
comment on column audit_log.before is 'The resource as it was; null: it was new.';
comment on column audit_log.after is 'The resource as it became; null: it is gone.';

create function refuse_audit_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever appended to.' using errcode = 'restrict_violation';
end $$;
comment on function refuse_audit_log_change() is 'Keeps history as it was written.';
create trigger audit_log_stays before update or delete on audit_log
  for each row execute function refuse_audit_log_change();
create trigger audit_log_is_not_emptied before truncate on audit_log
  for each statement execute function refuse_audit_log_change();
`;

const down = `
drop table audit_log;
drop function refuse_audit_log_change();
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
