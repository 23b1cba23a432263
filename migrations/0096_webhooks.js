const up = `
create table webhooks (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  url text not null check (url <> ''),
  events text[] not null check (cardinality(events) > 0),
  status text not null check (status in ('active', 'disabled')),
  note text,
  sealed_secret text not null,
  retired_secret text,
  retired_until timestamptz,
  position bigint not null default 0 check (position >= 0),
  written_after bigint not null default 0,
  failures integer not null default 0 check (failures >= 0),
  failing_since timestamptz,
  retry_at timestamptz,
  busy_until timestamptz,
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id)
);
comment on table webhooks is 'Where a provider''s events are sent.';
comment on column webhooks.provider_id is 'The provider.';
comment on column webhooks.id is 'Server-made id, sortable by creation.';
comment on column webhooks.url is 'Where they are sent.';
comment on column webhooks.events is 'The types that are sent.';
comment on column webhooks.status is 'Whether events are sent; disabled by hand, or after days of failures.';
comment on column webhooks.note is 'A note for the back office.';
comment on column webhooks.sealed_secret is 'What signs them, encrypted.';
comment on column webhooks.retired_secret is 'The secret before, encrypted; null: there is none that still signs.';
comment on column webhooks.retired_until is 'Until when the secret before signs as well.';
comment on column webhooks.position is 'The place in the feed up to which deliveries have been made.';
comment on column webhooks.written_after is 'Events that were written before this one, in the order of all providers, are none of its.';
comment on column webhooks.failures is 'Failed attempts since the last success.';
comment on column webhooks.failing_since is 'When the first of these failed; null: the last attempt was a success.';
comment on column webhooks.retry_at is 'When a failing one is tried again; null: at once.';
comment on column webhooks.busy_until is 'Until when the process that is sending has it to itself; null: none is sending.';
comment on column webhooks.version is 'Counts the writes of this row by the API; the ETag.';
comment on column webhooks.created_at is 'When the row was created.';
comment on column webhooks.updated_at is 'When the row was last written by the API.';

create table webhook_deliveries (
  provider_id text collate "C" not null,
  id text collate "C" not null check (id <> ''),
  webhook_id text collate "C" not null,
  event_id text collate "C" not null check (event_id <> ''),
  event_type text not null check (event_type <> ''),
  written bigint,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0 check (attempts >= 0),
  next_at timestamptz,
  give_up_at timestamptz not null,
  attempted_at timestamptz,
  answer_status integer,
  answer_body text,
  error text,
  created_at timestamptz not null,
  primary key (provider_id, id),
  constraint webhook_deliveries_due check ((status = 'pending') = (next_at is not null)),
  foreign key (provider_id, webhook_id) references webhooks (provider_id, id) on delete cascade
);
create index webhook_deliveries_due on webhook_deliveries (provider_id, webhook_id, next_at) where status = 'pending';
create index webhook_deliveries_by_webhook on webhook_deliveries (provider_id, webhook_id, id);
comment on table webhook_deliveries is 'Events on their way to a webhook, and what became of them.';
comment on column webhook_deliveries.provider_id is 'The provider.';
comment on column webhook_deliveries.id is 'Server-made id, sortable by creation.';
comment on column webhook_deliveries.webhook_id is 'The webhook.';
comment on column webhook_deliveries.event_id is 'The event''s id, sent as webhook-id.';
comment on column webhook_deliveries.event_type is 'The event''s type.';
comment on column webhook_deliveries.written is 'The event''s row; null: a test, which is no event.';
comment on column webhook_deliveries.status is 'Whether it is to be tried, has arrived, or was given up.';
comment on column webhook_deliveries.attempts is 'How often it was tried.';
comment on column webhook_deliveries.next_at is 'When it is tried next.';
comment on column webhook_deliveries.give_up_at is 'When it is tried no more.';
comment on column webhook_deliveries.attempted_at is 'When it was last tried; null: not yet.';
comment on column webhook_deliveries.answer_status is 'The HTTP status of the last answer; null: there was none.';
comment on column webhook_deliveries.answer_body is 'The beginning of the last answer.';
comment on column webhook_deliveries.error is 'Why the last attempt failed; null: it did not, or there was none.';
comment on column webhook_deliveries.created_at is 'When the row was created.';
`;

const down = `
alter table audit_log disable trigger audit_log_stays;
delete from audit_log where resource_type = 'webhook';
alter table audit_log enable trigger audit_log_stays;
drop table webhook_deliveries;
drop table webhooks;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
