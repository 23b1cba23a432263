/**
 * A function, so that a cluster has it on each of its shards, where PostgreSQL plans it: the planner of Citus took 170 ms
 * for the same as a statement, at every write. The index is taken whenever the plan was made.
 */
exports.up = (knex) =>
  knex.raw(`
    create function save_documents_1(provider text, format integer, documents jsonb, anew boolean) returns json
    language plpgsql
    set enable_seqscan = off as $$
    declare
      counted json;
    begin
      with current as (
        select catalog_version as version from providers
        where id = provider and documents_format = format and (documented_version = catalog_version - 1 or anew)
      ), saved as (
        insert into rule_documents as d (provider_id, kind, id, catalog_version, document, filed, types, bytes, rules)
        select provider, kind, w.id, version, document, filed, types, bytes, rules
        from current, jsonb_to_recordset(documents)
          as w (kind text, id text, document text, filed text, types text[], bytes integer, rules integer)
        on conflict (provider_id, kind, id) do update set catalog_version = excluded.catalog_version,
          document = excluded.document, filed = excluded.filed, types = excluded.types, bytes = excluded.bytes,
          rules = excluded.rules, bytes_before = d.bytes, rules_before = d.rules
        returning bytes - bytes_before as bytes, rules - rules_before as rules
      ), added as (
        select coalesce(sum(rules), 0) as rules, coalesce(sum(bytes), 0) as bytes from saved
      )
      update providers p
      set documented_version = current.version, rules = p.rules + added.rules, rule_bytes = p.rule_bytes + added.bytes
      from current, added where p.id = provider
      returning json_build_object('rules', p.rules, 'bytes', p.rule_bytes) into counted;
      return counted;
    end $$;
    comment on function save_documents_1(text, integer, jsonb, boolean) is
      'Files what quotes are made by. Releases that run at the same time call the same function: one that is to do something else gets the next number.';
  `);
exports.down = (knex) => knex.raw('drop function save_documents_1(text, integer, jsonb, boolean)');
