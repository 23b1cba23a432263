const up = `
create table simulations (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  draft text,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  promotion_ids text[],
  orders integer not null check (orders >= 0),
  done integer not null default 0 check (done >= 0),
  after_id text collate "C",
  catalog_version bigint,
  tally jsonb,
  attempts integer not null default 0 check (attempts >= 0),
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (provider_id, id),
  constraint simulations_span check (starts_at < ends_at),
  constraint simulations_draft check (draft is not null or status not in ('queued', 'running'))
);
create index simulations_open on simulations (created_at) where status in ('queued', 'running');
comment on table simulations is 'What unsaved rules would have done to orders: replays of redemptions, in the background.';
comment on column simulations.provider_id is 'The provider.';
comment on column simulations.id is 'Server-made id, sortable by creation.';
comment on column simulations.status is 'Queued and running ones are taken up by any process.';
comment on column simulations.draft is 'The unsaved rules as JSON; null once it has ended.';
comment on column simulations.starts_at is 'Orders created from then on.';
comment on column simulations.ends_at is 'Orders created before then.';
comment on column simulations.promotion_ids is 'Only orders that used one of these promotions; null: all.';
comment on column simulations.orders is 'How many orders there were when it was made.';
comment on column simulations.done is 'How many orders have been replayed.';
comment on column simulations.after_id is 'The redemption that was replayed last.';
comment on column simulations.catalog_version is 'The version of the stored rules that it replays by.';
comment on column simulations.tally is 'What was found so far, and in the end.';
comment on column simulations.attempts is 'How often it was taken up since it last got on.';
comment on column simulations.lease_owner is 'The process that replays it.';
comment on column simulations.lease_until is 'Until when the process has it; then another one may take it up.';
comment on column simulations.created_at is 'When it was made.';
comment on column simulations.finished_at is 'When it was done, had failed or was cancelled.';
`;

const down = `
drop table simulations;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
