const up = `
create table custom_types (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  kind text not null check (kind in ('condition', 'value')),
  name text collate "C" not null check (name <> ''),
  title text not null check (title <> ''),
  description text,
  parameters jsonb not null check (jsonb_typeof(parameters) = 'object'),
  expression text not null check (expression <> ''),
  metadata jsonb check (jsonb_typeof(metadata) = 'object'),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint custom_types_name_unique unique (provider_id, kind, name)
);
comment on table custom_types is 'The kinds of conditions and of discount values that a provider defined.';
comment on column custom_types.provider_id is 'The provider.';
comment on column custom_types.id is 'Made by the server; sorts by creation.';
comment on column custom_types.kind is 'What it is a kind of: conditions, or discount values.';
comment on column custom_types.name is 'How rules name it.';
comment on column custom_types.title is 'Its name for a form, and in reasons.';
comment on column custom_types.description is 'What it does, for the merchant.';
comment on column custom_types.parameters is 'The JSON Schema of what its form asks for.';
comment on column custom_types.expression is 'What it means, in the Common Expression Language.';
comment on column custom_types.metadata is 'What the platform notes for itself.';
comment on column custom_types.version is 'Counts the writes of this row; the ETag.';
comment on column custom_types.created_at is 'When the row was created.';
comment on column custom_types.updated_at is 'When the row was last written.';

alter table rule_documents drop constraint rule_documents_kind_check,
  add constraint rule_documents_kind_check check (
    kind in ('promotion', 'discount', 'relatedProduct', 'upgradePath', 'plan', 'conditionType', 'discountType')
  );
`;

const down = `
delete from rule_documents where kind in ('conditionType', 'discountType');
alter table rule_documents drop constraint rule_documents_kind_check,
  add constraint rule_documents_kind_check check (
    kind in ('promotion', 'discount', 'relatedProduct', 'upgradePath', 'plan')
  );
drop table custom_types;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
