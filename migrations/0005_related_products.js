const up = `
create table related_products (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  name text not null check (name <> ''),
  key text check (key <> ''),
  title jsonb check (jsonb_typeof(title) = 'object'),
  language text check (language <> ''),
  action jsonb not null check (action -> 'function' is not null),
  description_html jsonb check (jsonb_typeof(description_html) = 'object'),
  image_url text check (image_url <> ''),
  sort integer not null default 0,
  status text not null default 'active' check (status in ('draft', 'active', 'paused', 'archived')),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint related_products_key_unique unique (provider_id, key)
);
comment on table related_products is 'Products to offer beside what is in the cart.';
comment on column related_products.provider_id is 'The provider.';
comment on column related_products.id is 'Server-made id, sortable by creation.';
comment on column related_products.name is 'The name for the back office.';
comment on column related_products.key is 'The client''s key.';
comment on column related_products.title is 'The title for customers by language.';
comment on column related_products.language is 'Shown only to customers of this language; null: to all.';
comment on column related_products.action is 'What the storefront starts: a function and its parameters.';
comment on column related_products.description_html is 'Sanitised HTML by language.';
comment on column related_products.image_url is 'A picture.';
comment on column related_products.sort is 'The place in the answer''s list, ascending.';
comment on column related_products.status is 'Only an active one is offered.';
comment on column related_products.version is 'Counts the writes of this row and of its conditions; the ETag.';
comment on column related_products.created_at is 'When the row was created.';
comment on column related_products.updated_at is 'When the row was last written.';
`;

const down = `
drop table related_products;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
