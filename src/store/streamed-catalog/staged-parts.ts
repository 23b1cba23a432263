import type { Knex } from 'knex';
import type { Writing } from '../whole-catalog/entries';
import { CATALOG_TABLES, type CatalogRows } from '../whole-catalog/rows';
import type { CatalogList } from './staged-document';
import { type PartList, type StagedPart, StoredParts } from './stored-parts';

/** So many entries make a part, or fewer where they are large. */
const ENTRIES = 200;
const BYTES = 500_000;

/** A staged entry with the stored row that it means. */
interface StagedRow {
  line: number;
  id: string | null;
  body: string;
}

/**
 * Returns the parts of a matched document in the order in which they can be written: of each list what it does not
 * name, then what it does. Each is read when it is its turn.
 */
export async function* stagedParts(trx: Knex.Transaction, writing: Writing): AsyncGenerator<StagedPart> {
  const { providerId } = writing;
  const read = new StoredParts(trx, providerId);
  yield await read.types();
  yield await read.tags(writing);
  for (const list of ['plans', 'promotions', 'discounts', 'relatedProducts', 'upgradePaths'] as const) {
    // First, as what is new is stored under ids that the document does not know.
    for await (const ids of unnamed(trx, providerId, list)) yield read.part(list, { ids }, {});
    for await (const rows of entriesOf(trx, list)) {
      const ids = rows.flatMap(({ id }) => id ?? []);
      const lines = [rows[0]?.line ?? 0, rows.at(-1)?.line ?? 0] as const;
      const entries = rows.map(({ body }) => JSON.parse(body) as never);
      yield read.part(list, { ids, lines }, { [list]: entries });
    }
  }
}

/** Returns the promotions that a discount leaves for another one, in parts; read before anything is written. */
export async function promotionsLeft(trx: Knex.Transaction, providerId: string): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select distinct d.promotion_id as id from staged_discounts s
     join discounts d on d.provider_id = ? and d.id = s.id
     left join staged_catalog p on p.line = s.line and s.place is not null
     where d.promotion_id is not null and d.promotion_id is distinct from p.id`,
    [providerId],
  );
  return rows.map(({ id }) => id);
}

/** Promotions with everything in them. */
export async function storedPromotions(
  trx: Knex.Transaction,
  providerId: string,
  ids: readonly string[],
): Promise<CatalogRows> {
  return (await new StoredParts(trx, providerId).part('promotions', { ids }, {})).stored;
}

async function* entriesOf(trx: Knex.Transaction, list: CatalogList): AsyncGenerator<StagedRow[]> {
  for (let after = 0; ; ) {
    const { rows } = await trx.raw<{ rows: StagedRow[] }>(
      `select line, id, body from (
         select *, sum(bytes) over (order by line) - bytes as before
         from (select * from staged_catalog where list = ? and line > ? order by line limit ${ENTRIES}) next
       ) counted where before < ${BYTES} order by line`,
      [list, after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.line;
  }
}

/** Returns what is stored and live and not in the document, in parts. */
async function* unnamed(trx: Knex.Transaction, providerId: string, list: PartList): AsyncGenerator<string[]> {
  const isMeant =
    list === 'plans'
      ? 'true'
      : list === 'discounts'
        ? `r.status <> 'archived' and promotion_id is null`
        : `r.status <> 'archived'`;
  const staged = list === 'discounts' ? 'staged_discounts' : 'staged_catalog';
  for (let after = ''; ; ) {
    const { rows } = await trx.raw<{ rows: { id: string }[] }>(
      `select r.id from :table: r where r.provider_id = :providerId and r.id > :after and ${isMeant}
         and not exists (select 1 from ${staged} s where s.id = r.id) order by r.id limit ${ENTRIES}`,
      { table: CATALOG_TABLES[list], providerId, after },
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ id }) => id);
    after = last.id;
  }
}
