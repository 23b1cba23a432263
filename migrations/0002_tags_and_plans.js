const up = `
create table tags (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  name text not null check (name <> ''),
  key text check (key <> ''),
  description text,
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint tags_name_unique unique (provider_id, name),
  constraint tags_key_unique unique (provider_id, key)
);
comment on table tags is 'Words that plans, lines and subscriptions carry and that upgrade paths connect.';
comment on column tags.provider_id is 'The provider.';
comment on column tags.id is 'Server-made id.';
comment on column tags.name is 'The name that rules use.';
comment on column tags.key is 'The client''s key.';
comment on column tags.description is 'A note for the back office.';
comment on column tags.version is 'Counts the writes of this row; the ETag.';
comment on column tags.created_at is 'When the row was created.';
comment on column tags.updated_at is 'When the row was last written.';

create table plans (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  service_type text not null check (service_type <> ''),
  plan_groups text[],
  tags text[],
  title jsonb check (jsonb_typeof(title) = 'object'),
  addons text[],
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id)
);
comment on table plans is 'The platform''s plans as far as it registers them; a quote that names one gets its groups, tags and title.';
comment on column plans.provider_id is 'The provider.';
comment on column plans.id is 'The platform''s own id of the plan.';
comment on column plans.service_type is 'The type of service that the plan is of.';
comment on column plans.plan_groups is 'The plan''s groups; null: none were given.';
comment on column plans.tags is 'Names of tags, which need not be registered; null: none were given.';
comment on column plans.title is 'The title by language.';
comment on column plans.addons is 'The plan''s add-ons; null: none were given.';
comment on column plans.version is 'Counts the writes of this row; the ETag.';
comment on column plans.created_at is 'When the row was created.';
comment on column plans.updated_at is 'When the row was last written.';
`;

const down = `
drop table plans;
drop table tags;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
