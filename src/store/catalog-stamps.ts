import type { Knex } from 'knex';
import { prepared, run } from './prepared';

/** A row of the catalog: its table and id, the resource that it is part of, and the transaction that wrote it. */
export type Stamp = readonly [row: string, resource: string, writtenBy: string];

/** What the rows of a catalog were when it was read, by table and id. */
export type Stamps = ReadonlyMap<string, Stamp>;

/**
 * PostgreSQL notes with each row which transaction wrote it (`xmin`). That changes with every write, whoever makes it,
 * which `version` does not: a condition that only moved keeps its own.
 */
const STAMPS = prepared(`
  with part (id, resource, written_by) as (
    select 'promotion ' || id, id, xmin from promotions where provider_id = $1
    union all
    select 'discount ' || id, coalesce(promotion_id, id), xmin from discounts where provider_id = $1
    union all
    select 'condition ' || c.id, coalesce(c.promotion_id, d.promotion_id, c.discount_id, c.related_product_id), c.xmin
    from conditions c left join discounts d on d.provider_id = c.provider_id and d.id = c.discount_id
    where c.provider_id = $1
    union all
    select 'related product ' || id, id, xmin from related_products where provider_id = $1
    union all
    select 'plan ' || id, id, xmin from plans where provider_id = $1
  )
  select coalesce(json_agg(json_build_array(id, resource, written_by::text)), '[]') as stamps from part`);

/** The stamps of everything that a provider has saved, but for upgrade paths and tags. */
export async function readStamps(db: Knex, providerId: string): Promise<Stamps> {
  const [found] = await run<{ stamps: Stamp[] }>(db, STAMPS, [providerId]);
  return new Map(found?.stamps.map((stamp) => [stamp[0], stamp]));
}

/** The ids of the resources of which a part was written, added or removed between two readings. */
export function resourcesWritten(before: Stamps, now: Stamps): Set<string> {
  const written = new Set<string>();
  let kept = 0;
  for (const [row, stamp] of now) {
    const known = before.get(row);
    if (known !== undefined) kept += 1;
    if (known?.[1] === stamp[1] && known[2] === stamp[2]) continue;
    written.add(stamp[1]);
    if (known !== undefined) written.add(known[1]);
  }
  if (kept < before.size) for (const [row, stamp] of before) if (!now.has(row)) written.add(stamp[1]);
  return written;
}
