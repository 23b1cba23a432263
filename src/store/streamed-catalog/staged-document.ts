import type { Knex } from 'knex';
import type { FieldError } from '../../engine/vocabulary/problem';
import { copyRows } from '../database/copy';
import { type CatalogDocument, isLive } from '../whole-catalog/document';
import { CATALOG_TABLES } from '../whole-catalog/rows';

/** A list of a catalog document. */
export type CatalogList = keyof Required<CatalogDocument>;

/** An entry of a document that comes line by line. */
export interface StagedEntry {
  line: number;
  list: CatalogList;
  entry: { id?: string; key?: string; name?: string };
}

/** An error of a staged line. */
export interface StagedError extends FieldError {
  line: number;
}

const STAGE = `
  create temporary table staged_catalog (
    line integer not null, list text not null, key text collate "C", name text, live boolean not null,
    bytes integer not null, body text not null, id text collate "C"
  ) on commit drop`;
const STAGE_DISCOUNTS = `
  create temporary table staged_discounts on commit drop as
  select s.line, (d.place - 1)::integer as place, d.entry ->> 'key' collate "C" as key, d.entry ->> 'name' as name,
    coalesce(d.entry ->> 'status', '') <> 'archived' as live, null::text collate "C" as id
  from staged_catalog s cross join jsonb_array_elements(s.body::jsonb -> 'discounts') with ordinality as d (entry, place)
  where s.list = 'promotions'
  union all
  select line, null, key, name, live, null from staged_catalog where list = 'discounts'`;
const INDEX = `
  create index on staged_catalog (list, line);
  create index on staged_catalog (line);
  create index on staged_catalog (list, key);
  create index on staged_catalog (list, name);
  create index on staged_catalog (id);
  create index on staged_discounts (line);
  create index on staged_discounts (key);
  create index on staged_discounts (id);
  analyze staged_catalog;
  analyze staged_discounts`;

const COLUMNS = ['line', 'list', 'key', 'name', 'live', 'bytes', 'body'] as const;

/** Keeps a document for the rest of the transaction, in PostgreSQL, however many entries it has. */
export async function stageDocument(trx: Knex.Transaction, entries: AsyncIterable<StagedEntry>): Promise<void> {
  await trx.raw(STAGE);
  await copyRows(trx, 'staged_catalog', COLUMNS, rowsOf(entries));
  await trx.raw(STAGE_DISCOUNTS);
  await trx.raw(INDEX);
}

async function* rowsOf(entries: AsyncIterable<StagedEntry>): AsyncGenerator<(string | number | boolean | null)[]> {
  for await (const { line, list, entry } of entries) {
    const body = JSON.stringify(entry);
    const key = list === 'plans' ? entry.id : entry.key;
    yield [line, list, key ?? null, entry.name ?? null, isLive(entry), body.length, body];
  }
}

/** The most errors that are looked for. */
const MOST = 51;

/** Returns what is wrong between the lines of a staged document: what is given twice, and tags that are not there. */
export async function stagedErrors(trx: Knex.Transaction, providerId: string): Promise<StagedError[]> {
  const { rows } = await trx.raw<{ rows: StagedError[] }>(
    `select * from (
       select line, case list when 'plans' then '/id' else '/key' end as pointer,
         case list when 'plans' then 'duplicate_id' else 'duplicate_key' end as code,
         format('The %s "%s" occurs twice.', case list when 'plans' then 'id' else 'key' end, key) as detail
       from (select *, row_number() over (partition by list, key order by line) as number
             from staged_catalog where key is not null and list <> 'discounts') numbered where number > 1
       union all
       select line, '/name', 'duplicate_name', format('The name "%s" occurs twice.', name)
       from (select *, row_number() over (partition by list, name order by line) as number
             from staged_catalog where list in ('tags', 'conditionTypes', 'discountTypes')) numbered where number > 1
       union all
       select line, case when place is null then '/key' else format('/discounts/%s/key', place) end, 'duplicate_key',
         format('The key "%s" occurs twice.', key)
       from (select *, row_number() over (partition by key order by line, place) as number
             from staged_discounts where key is not null) numbered where number > 1
       union all
       select s.line, format('/%s/%s', side.name, tag.place - 1), 'unknown_tag', format('Tag "%s" does not exist.', tag.name)
       from staged_catalog s cross join (values ('sources'), ('targets')) as side (name)
       cross join jsonb_array_elements_text(s.body::jsonb -> side.name) with ordinality as tag (name, place)
       where s.list = 'upgradePaths'
         and not exists (select 1 from staged_catalog t where t.list = 'tags' and t.name = tag.name)
       union all
       select s.line, format('/tags/%s', tag.place - 1), 'tag_in_use', format('"%s" is a tag that the document omits', tag.name)
       from staged_catalog s
       cross join jsonb_array_elements_text(coalesce(s.body::jsonb -> 'tags', '[]')) with ordinality as tag (name, place)
       where s.list = 'plans' and exists (select 1 from tags t where t.provider_id = :providerId and t.name = tag.name)
         and not exists (select 1 from staged_catalog t where t.list = 'tags' and t.name = tag.name)
     ) found order by line, pointer limit ${MOST}`,
    { providerId },
  );
  return rows;
}

/**
 * Finds the stored row that each staged entry means, by the same rules as `matchRules`: by key, by an id that stands for a key,
 * by name.
 */
export async function matchStaged(trx: Knex.Transaction, providerId: string): Promise<void> {
  // What was imported a moment ago has no statistics yet, and row by row the joins would take minutes.
  await trx.raw('set local enable_nestloop = off');
  await trx.raw(
    `update staged_catalog s set id = p.id from plans p where s.list = 'plans' and p.provider_id = ? and p.id = s.key`,
    [providerId],
  );
  for (const list of ['promotions', 'relatedProducts', 'upgradePaths'] as const) {
    const bindings = { providerId, list, table: CATALOG_TABLES[list] };
    await trx.raw(
      `update staged_catalog s set id = r.id from :table: r
       where s.list = :list and r.provider_id = :providerId and r.key = s.key`,
      bindings,
    );
    await trx.raw(
      `update staged_catalog s set id = r.id from :table: r
       where s.list = :list and s.id is null and r.provider_id = :providerId and r.key is null and r.id = s.key`,
      bindings,
    );
    await trx.raw(
      `with entries as (
         select line, name, row_number() over (partition by name order by live desc, line) as number
         from staged_catalog where list = :list and id is null and key is null
       ), stored as (
         select r.id, r.name, row_number() over (partition by r.name order by r.status <> 'archived' desc, r.id) as number
         from :table: r where r.provider_id = :providerId and r.key is null
           and not exists (select 1 from staged_catalog s where s.id = r.id and s.list = :list)
       )
       update staged_catalog s set id = stored.id from entries e join stored using (name, number) where s.line = e.line`,
      bindings,
    );
  }
  await matchStagedDiscounts(trx, providerId);
  await trx.raw('set local enable_nestloop = on');
}

/** Returns only a key moves a discount from one promotion to another. */
async function matchStagedDiscounts(trx: Knex.Transaction, providerId: string): Promise<void> {
  await trx.raw(`update staged_discounts s set id = d.id from discounts d where d.provider_id = ? and d.key = s.key`, [
    providerId,
  ]);
  await trx.raw(
    `update staged_discounts s set id = d.id from discounts d
     where s.id is null and d.provider_id = ? and d.key is null and d.id = s.key`,
    [providerId],
  );
  await trx.raw(
    `with entries as (
       select s.line, s.place, s.name, coalesce(p.id, '') as home,
         row_number() over (partition by p.id, s.name order by s.live desc, s.line, s.place) as number
       from staged_discounts s left join staged_catalog p on p.line = s.line and s.place is not null
       where s.id is null and s.key is null and (s.place is null or p.id is not null)
     ), stored as (
       select d.id, d.name, coalesce(d.promotion_id, '') as home,
         row_number() over (
           partition by d.promotion_id, d.name order by d.status <> 'archived' desc, d.position, d.id) as number
       from discounts d where d.provider_id = ? and d.key is null
         and not exists (select 1 from staged_discounts s where s.id = d.id)
     )
     update staged_discounts s set id = stored.id
     from entries e join stored using (home, name, number)
     where s.line = e.line and s.place is not distinct from e.place`,
    [providerId],
  );
  await trx.raw(
    `update staged_catalog s set id = d.id from staged_discounts d where s.list = 'discounts' and d.line = s.line`,
  );
}
