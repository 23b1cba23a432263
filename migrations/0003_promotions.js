const up = `
create table promotions (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  name text not null check (name <> ''),
  key text check (key <> ''),
  title jsonb check (jsonb_typeof(title) = 'object'),
  billing_description jsonb check (jsonb_typeof(billing_description) = 'object'),
  note text,
  status text not null default 'active' check (status in ('draft', 'active', 'paused', 'archived')),
  starts_at timestamptz,
  ends_at timestamptz,
  priority integer not null default 0,
  exclusive boolean not null default false,
  stacking_group text check (stacking_group <> ''),
  plans text[],
  limit_total bigint check (limit_total >= 1),
  limit_per_customer bigint check (limit_per_customer >= 1),
  budget jsonb check (jsonb_typeof(budget) = 'object'),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint promotions_key_unique unique (provider_id, key),
  constraint promotions_window check (starts_at < ends_at)
);
comment on table promotions is 'Promotions; their conditions, discounts and promo codes are in tables of their own.';
comment on column promotions.provider_id is 'The provider.';
comment on column promotions.id is 'Server-made id, sortable by creation.';
comment on column promotions.name is 'The name for the back office and for answers.';
comment on column promotions.key is 'The client''s key.';
comment on column promotions.title is 'The title for customers by language.';
comment on column promotions.billing_description is 'The words on the invoice by language.';
comment on column promotions.note is 'A note for the back office.';
comment on column promotions.status is 'Only an active promotion takes part; an archived one is kept for its history.';
comment on column promotions.starts_at is 'From this instant on; null: always was.';
comment on column promotions.ends_at is 'Until before this instant; null: for ever.';
comment on column promotions.priority is 'Bigger comes first.';
comment on column promotions.exclusive is 'Whether it applies alone.';
comment on column promotions.stacking_group is 'Of the discounts that share it only the first applies to a line.';
comment on column promotions.plans is 'The plans that it is attached to; null: all.';
comment on column promotions.limit_total is 'The most redemptions in all; null: unlimited.';
comment on column promotions.limit_per_customer is 'The most redemptions per customer; null: unlimited.';
comment on column promotions.budget is 'The most money it may take off, decimal strings by currency; null: unlimited.';
comment on column promotions.version is 'Counts the writes of this row and of what is nested in it; the ETag.';
comment on column promotions.created_at is 'When the row was created.';
comment on column promotions.updated_at is 'When the row was last written.';

create table promo_codes (
  provider_id text collate "C" not null,
  id text collate "C" not null check (id <> ''),
  promotion_id text collate "C" not null,
  code text not null check (code <> ''),
  code_key text collate "C" not null check (code_key <> ''),
  status text not null default 'active' check (status in ('draft', 'active', 'paused', 'archived')),
  starts_at timestamptz,
  ends_at timestamptz,
  max_redemptions bigint check (max_redemptions >= 1),
  max_redemptions_per_customer bigint check (max_redemptions_per_customer >= 1),
  customer_id text check (customer_id <> ''),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint promo_codes_code_unique unique (provider_id, code_key),
  constraint promo_codes_window check (starts_at < ends_at),
  foreign key (provider_id, promotion_id) references promotions (provider_id, id) on delete cascade
);
create index promo_codes_by_promotion on promo_codes (provider_id, promotion_id, id);
comment on table promo_codes is 'Codes that open a promotion; how often each was used is in usage_counters.';
comment on column promo_codes.provider_id is 'The provider.';
comment on column promo_codes.id is 'Server-made id.';
comment on column promo_codes.promotion_id is 'The promotion that the code opens.';
comment on column promo_codes.code is 'The code as people see it, trimmed.';
comment on column promo_codes.code_key is 'The code in the form in which codes are compared: normalised, lower case.';
comment on column promo_codes.status is 'Only an active code counts.';
comment on column promo_codes.starts_at is 'From this instant on; null: always was.';
comment on column promo_codes.ends_at is 'Until before this instant; null: for ever.';
comment on column promo_codes.max_redemptions is 'The most redemptions in all; null: unlimited.';
comment on column promo_codes.max_redemptions_per_customer is 'The most redemptions per customer; null: unlimited.';
comment on column promo_codes.customer_id is 'The only customer who may use the code; null: everybody.';
comment on column promo_codes.version is 'Counts the writes of this row; the ETag.';
comment on column promo_codes.created_at is 'When the row was created.';
comment on column promo_codes.updated_at is 'When the row was last written.';
`;

const down = `
drop table promo_codes;
drop table promotions;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
