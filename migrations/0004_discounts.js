const up = `
create table discounts (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  promotion_id text collate "C",
  position integer not null default 0,
  name text not null check (name <> ''),
  key text check (key <> ''),
  note text,
  value jsonb not null check (value -> 'type' is not null),
  scope text not null default 'line' check (scope in ('unit', 'line', 'order')),
  selector jsonb check (jsonb_typeof(selector) = 'object'),
  max_units integer check (max_units >= 1),
  buy jsonb check (jsonb_typeof(buy) = 'object'),
  charges text[] not null default '{recurring}' check (cardinality(charges) >= 1 and charges <@ '{recurring,setup}'),
  recipients jsonb check (jsonb_typeof(recipients) = 'object'),
  priority integer,
  starts_at timestamptz,
  ends_at timestamptz,
  validity jsonb check (jsonb_typeof(validity) = 'object'),
  coverage text not null default 'whole_period' check (coverage in ('whole_period', 'until_end')),
  status text not null default 'active' check (status in ('draft', 'active', 'paused', 'archived')),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint discounts_key_unique unique (provider_id, key) deferrable initially immediate,
  constraint discounts_window check (starts_at < ends_at),
  foreign key (provider_id, promotion_id) references promotions (provider_id, id) on delete cascade
);
create index discounts_by_promotion on discounts (provider_id, promotion_id, position, id) where promotion_id is not null;
create index discounts_global on discounts (provider_id, id) where promotion_id is null;
comment on table discounts is 'What promotions take off, and global discounts.';
comment on column discounts.provider_id is 'The provider.';
comment on column discounts.id is 'Server-made id, sortable by creation.';
comment on column discounts.promotion_id is 'The promotion that it is part of; null: a global discount.';
comment on column discounts.position is 'The place in the promotion''s list.';
comment on column discounts.name is 'The name for the back office and for answers.';
comment on column discounts.key is 'The client''s key.';
comment on column discounts.note is 'A note for the back office.';
comment on column discounts.value is 'What is taken off: the value type and its parameters.';
comment on column discounts.scope is 'What the value is counted on.';
comment on column discounts.selector is 'Which lines are discounted; null: all.';
comment on column discounts.max_units is 'The most units that are discounted, per bundle with buy; null: all.';
comment on column discounts.buy is 'What must be bought to earn the discount.';
comment on column discounts.charges is 'The charges that are discounted.';
comment on column discounts.recipients is 'Who gets it; null: everybody.';
comment on column discounts.priority is 'Bigger comes first; null: the promotion''s.';
comment on column discounts.starts_at is 'From this instant on; null: always was.';
comment on column discounts.ends_at is 'Until before this instant; null: for ever.';
comment on column discounts.validity is 'How long a customer keeps it once redeemed.';
comment on column discounts.coverage is 'What a discount that ends inside the line''s period covers.';
comment on column discounts.status is 'Only an active discount takes part.';
comment on column discounts.version is 'Counts the writes of this row and of its conditions; the ETag.';
comment on column discounts.created_at is 'When the row was created.';
comment on column discounts.updated_at is 'When the row was last written.';
`;

const down = `
drop table discounts;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
