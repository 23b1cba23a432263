const up = `
create table rule_documents (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  kind text not null check (kind in ('promotion', 'discount', 'relatedProduct', 'upgradePath', 'plan')),
  id text collate "C" not null check (id <> ''),
  catalog_version bigint not null check (catalog_version >= 0),
  document text,
  types text[] not null default '{}',
  bytes integer not null default 0 check (bytes >= 0),
  rules integer not null default 0 check (rules >= 0),
  primary key (provider_id, kind, id)
);
create index rule_documents_by_version on rule_documents (provider_id, catalog_version);
comment on table rule_documents is 'What quotes are made by, one whole resource a row, as the other tables of the catalog say it in parts; it is made from them, with every write and whenever it is not of the catalog''s version.';
comment on column rule_documents.provider_id is 'The provider.';
comment on column rule_documents.kind is 'The kind of resource; a promotion has its discounts in it, and all have their conditions.';
comment on column rule_documents.id is 'The resource.';
comment on column rule_documents.catalog_version is 'The version of the catalog that wrote it, so that a process reads what is newer than its copy.';
comment on column rule_documents.document is 'The resource as JSON; null: it was removed.';
comment on column rule_documents.types is 'The types of its conditions and values, so that one that a release does not know is found without reading it.';
comment on column rule_documents.bytes is 'What it takes in memory once it is compiled, by its length.';
comment on column rule_documents.rules is 'How many rules it counts as: each discount, and a promotion without one; what is archived is none.';

alter table providers
  add column documented_version bigint,
  add column documented_from bigint,
  add column documents_format integer,
  add column rules bigint not null default 0,
  add column rule_bytes bigint not null default 0;
comment on column providers.documented_version is 'The version of the catalog that rule_documents holds; another one, or null: they must be made anew.';
comment on column providers.documented_from is 'The version at which they were made anew; older copies are read again whole.';
comment on column providers.documents_format is 'How the release that wrote them writes documents.';
comment on column providers.rules is 'How many rules there are in rule_documents.';
comment on column providers.rule_bytes is 'What they take in memory once they are compiled.';
`;

const down = `
alter table providers
  drop column documented_version,
  drop column documented_from,
  drop column documents_format,
  drop column rules,
  drop column rule_bytes;
drop table rule_documents;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
