const up = `
-- A constraint that is looked at again at the end of a statement lets two writers of one name wait for each other in a
-- circle. A plain one lets the second wait for the first and refuses it; who exchanges names frees them first. The name
-- before the key, so that a tag whose name and key are taken is still refused for its name.
alter table tags drop constraint tags_name_unique, drop constraint tags_key_unique;
alter table tags add constraint tags_name_unique unique (provider_id, name),
  add constraint tags_key_unique unique (provider_id, key);
alter table discounts drop constraint discounts_key_unique;
alter table discounts add constraint discounts_key_unique unique (provider_id, key);
`;

const down = `
alter table discounts drop constraint discounts_key_unique;
alter table discounts add constraint discounts_key_unique unique (provider_id, key) deferrable initially immediate;
alter table tags drop constraint tags_name_unique, drop constraint tags_key_unique;
alter table tags add constraint tags_name_unique unique (provider_id, name) deferrable initially immediate,
  add constraint tags_key_unique unique (provider_id, key) deferrable initially immediate;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
