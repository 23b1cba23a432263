const up = `
create table conditions (
  provider_id text collate "C" not null,
  id text collate "C" not null check (id <> ''),
  promotion_id text collate "C",
  discount_id text collate "C",
  related_product_id text collate "C",
  position integer not null default 0,
  type text not null check (type <> ''),
  group_name text check (group_name <> ''),
  negate boolean not null default false,
  parameters jsonb not null default '{}' check (jsonb_typeof(parameters) = 'object'),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint conditions_one_owner check (num_nonnulls(promotion_id, discount_id, related_product_id) = 1),
  foreign key (provider_id, promotion_id) references promotions (provider_id, id) on delete cascade,
  foreign key (provider_id, discount_id) references discounts (provider_id, id) on delete cascade,
  foreign key (provider_id, related_product_id) references related_products (provider_id, id) on delete cascade
);
create index conditions_by_promotion on conditions (provider_id, promotion_id, position, id) where promotion_id is not null;
create index conditions_by_discount on conditions (provider_id, discount_id, position, id) where discount_id is not null;
create index conditions_by_related_product on conditions (provider_id, related_product_id, position, id) where related_product_id is not null;
comment on table conditions is 'When a promotion, a discount or a related product applies; exactly one of the three owns a condition.';
comment on column conditions.provider_id is 'The provider.';
comment on column conditions.id is 'Server-made id.';
comment on column conditions.promotion_id is 'The promotion that it belongs to.';
comment on column conditions.discount_id is 'The discount that it belongs to.';
comment on column conditions.related_product_id is 'The related product that it belongs to.';
comment on column conditions.position is 'The place in the owner''s list.';
comment on column conditions.type is 'The condition type; one that the running version does not know is an error when the catalog loads.';
comment on column conditions.group_name is 'Inside a group one condition is enough; null: no group.';
comment on column conditions.negate is 'Whether the condition must not hold.';
comment on column conditions.parameters is 'The parameters of the type.';
comment on column conditions.version is 'Counts the writes of this row; the ETag.';
comment on column conditions.created_at is 'When the row was created.';
comment on column conditions.updated_at is 'When the row was last written.';
`;

const down = `
drop table conditions;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
