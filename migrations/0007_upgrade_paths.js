const up = `
create table upgrade_paths (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  id text collate "C" not null check (id <> ''),
  name text not null check (name <> ''),
  key text check (key <> ''),
  internal_description text,
  texts jsonb not null check (jsonb_typeof(texts) = 'object'),
  optional boolean not null default false,
  transition text not null check (transition in (
    'immediately_with_invoice', 'immediately_invoice_next_booking', 'last_booking', 'next_booking', 'end_of_interval')),
  priority integer not null default 0,
  status text not null default 'active' check (status in ('draft', 'active', 'paused', 'archived')),
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint upgrade_paths_key_unique unique (provider_id, key)
);
comment on table upgrade_paths is 'How a subscription changes over when another offer is bought.';
comment on column upgrade_paths.provider_id is 'The provider.';
comment on column upgrade_paths.id is 'Server-made id, sortable by creation.';
comment on column upgrade_paths.name is 'The name for the back office.';
comment on column upgrade_paths.key is 'The client''s key.';
comment on column upgrade_paths.internal_description is 'A note for the back office.';
comment on column upgrade_paths.texts is 'Title and description for customers by language.';
comment on column upgrade_paths.optional is 'Whether the customer may keep the source and buy the target in addition.';
comment on column upgrade_paths.transition is 'When the subscription changes over and how it is invoiced.';
comment on column upgrade_paths.priority is 'Bigger comes first.';
comment on column upgrade_paths.status is 'Only an active path takes part.';
comment on column upgrade_paths.version is 'Counts the writes of this row and of its tags; the ETag.';
comment on column upgrade_paths.created_at is 'When the row was created.';
comment on column upgrade_paths.updated_at is 'When the row was last written.';

-- The provider is referred to directly, so that a removed provider's rows are gone before its tags are checked.
create table upgrade_path_tags (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  upgrade_path_id text collate "C" not null,
  tag_id text collate "C" not null,
  side text not null check (side in ('source', 'target')),
  position integer not null,
  primary key (provider_id, upgrade_path_id, tag_id),
  foreign key (provider_id, upgrade_path_id) references upgrade_paths (provider_id, id) on delete cascade,
  constraint upgrade_path_tags_tag foreign key (provider_id, tag_id) references tags (provider_id, id)
);
create index upgrade_path_tags_by_tag on upgrade_path_tags (provider_id, tag_id);
comment on table upgrade_path_tags is 'The tags that an upgrade path leads from and to; a tag is on one side only, and stays as long as a path uses it.';
comment on column upgrade_path_tags.provider_id is 'The provider.';
comment on column upgrade_path_tags.upgrade_path_id is 'The path.';
comment on column upgrade_path_tags.tag_id is 'The tag.';
comment on column upgrade_path_tags.side is 'Whether the path leads from the tag (source) or to it (target).';
comment on column upgrade_path_tags.position is 'The place in the side''s list.';
`;

const down = `
drop table upgrade_path_tags;
drop table upgrade_paths;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
