import type { Knex } from 'knex';
import { execute, preparedStatement } from '../database/prepared-statement';

/** The kinds of resources that a catalog is made of. */
export type Kind = 'promotion' | 'discount' | 'relatedProduct' | 'upgradePath' | 'plan';

/** A row of the catalog: its table and id, the resource that it is part of, and the transactions that wrote it. */
type RowVersion = readonly [row: string, kind: Kind, resource: string, writtenBy: string];

/** What the rows of a catalog were when it was read, by table and id. */
export type Stamps = ReadonlyMap<string, RowVersion>;

/** Ids of resources by their kind. */
export type Resources = { readonly [K in Kind]: Set<string> };

/**
 * PostgreSQL notes with each row which transaction wrote it (`xmin`). That changes with every write, whoever makes it,
 * which `version` does not: a condition that only moved keeps its own.
 */
const STAMPS = preparedStatement(`
  with part (id, kind, resource, written_by) as (
    select 'promotion ' || id, 'promotion', id, xmin::text from promotions where provider_id = $1
    union all
    select 'discount ' || id, case when promotion_id is null then 'discount' else 'promotion' end,
      coalesce(promotion_id, id), xmin::text
    from discounts where provider_id = $1
    union all
    select 'condition ' || c.id,
      case when coalesce(c.promotion_id, d.promotion_id) is not null then 'promotion'
        when c.discount_id is not null then 'discount' else 'relatedProduct' end,
      coalesce(c.promotion_id, d.promotion_id, c.discount_id, c.related_product_id), c.xmin::text
    from conditions c left join discounts d on d.provider_id = c.provider_id and d.id = c.discount_id
    where c.provider_id = $1
    union all
    select 'related product ' || id, 'relatedProduct', id, xmin::text from related_products where provider_id = $1
    union all
    select 'plan ' || id, 'plan', id, xmin::text from plans where provider_id = $1
    union all
    select 'upgrade path ' || id, 'upgradePath', id, xmin::text from upgrade_paths where provider_id = $1
    union all
    select 'path tag ' || used.upgrade_path_id || ' ' || used.side || ' ' || used.position, 'upgradePath',
      used.upgrade_path_id, concat_ws(' ', used.xmin, tag.xmin)
    from upgrade_path_tags used left join tags tag on tag.provider_id = used.provider_id and tag.id = used.tag_id
    where used.provider_id = $1
  )
  select coalesce(json_agg(json_build_array(id, kind, resource, written_by)), '[]') as stamps from part`);

/** The stamps of everything that a provider has saved and a quote can depend on. */
export async function readStamps(db: Knex, providerId: string): Promise<Stamps> {
  const [found] = await execute<{ stamps: RowVersion[] }>(db, STAMPS, [providerId]);
  return new Map(found?.stamps.map((stamp) => [stamp[0], stamp]));
}

/** The resources of which a part was written, added or removed between two readings. */
export function resourcesWritten(before: Stamps, now: Stamps): Resources {
  const written: Resources = {
    promotion: new Set(),
    discount: new Set(),
    relatedProduct: new Set(),
    upgradePath: new Set(),
    plan: new Set(),
  };
  const mark = ([, kind, resource]: RowVersion) => written[kind].add(resource);
  let kept = 0;
  for (const [row, stamp] of now) {
    const known = before.get(row);
    if (known !== undefined) kept += 1;
    if (known?.[3] === stamp[3] && known[2] === stamp[2] && known[1] === stamp[1]) continue;
    mark(stamp);
    if (known !== undefined) mark(known);
  }
  if (kept < before.size) for (const [row, stamp] of before) if (!now.has(row)) mark(stamp);
  return written;
}
