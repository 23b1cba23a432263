const up = `
-- A whole catalog may exchange the names of two tags: they are compared when the statement is done. The same for the
-- keys, so that a tag whose name and key are taken is still refused for its name, the older constraint.
alter table tags drop constraint tags_name_unique, drop constraint tags_key_unique;
alter table tags add constraint tags_name_unique unique (provider_id, name) deferrable initially immediate,
  add constraint tags_key_unique unique (provider_id, key) deferrable initially immediate;

alter table upgrade_path_tags drop constraint upgrade_path_tags_pkey;
alter table upgrade_path_tags add constraint upgrade_path_tags_pkey primary key (provider_id, upgrade_path_id, side, position),
  add constraint upgrade_path_tags_tag_unique unique (provider_id, upgrade_path_id, tag_id),
  alter column tag_id drop not null,
  add column tag_name text,
  add constraint upgrade_path_tags_tag_or_name check (num_nonnulls(tag_id, tag_name) = 1);
comment on column upgrade_path_tags.tag_id is 'The tag; null: it is gone.';
comment on column upgrade_path_tags.tag_name is 'The name of a tag that a whole catalog removed, for an archived path; null: the tag is there.';
`;

const down = `
delete from upgrade_path_tags where tag_id is null;
alter table upgrade_path_tags drop constraint upgrade_path_tags_tag_or_name,
  drop column tag_name,
  alter column tag_id set not null,
  drop constraint upgrade_path_tags_tag_unique,
  drop constraint upgrade_path_tags_pkey;
alter table upgrade_path_tags add constraint upgrade_path_tags_pkey primary key (provider_id, upgrade_path_id, tag_id);
comment on column upgrade_path_tags.tag_id is 'The tag.';
alter table tags drop constraint tags_name_unique, drop constraint tags_key_unique;
alter table tags add constraint tags_name_unique unique (provider_id, name),
  add constraint tags_key_unique unique (provider_id, key);
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
