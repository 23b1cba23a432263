/**
 * What a document's size was before it was written last, so that the write finds out by how much its provider has grown
 * without looking the document up: for a provider that the statistics don't know, such a look-up read all of its documents.
 */
exports.up = (knex) =>
  knex.raw(`
    alter table rule_documents
      add column bytes_before integer not null default 0, add column rules_before integer not null default 0;
    comment on column rule_documents.bytes_before is 'bytes, before the document was written last.';
    comment on column rule_documents.rules_before is 'rules, before the document was written last.';
  `);
exports.down = (knex) => knex.raw('alter table rule_documents drop column bytes_before, drop column rules_before');
