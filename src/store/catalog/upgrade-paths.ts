import type { Knex } from 'knex';
import type { UpgradePath, UpgradePathInput } from '../../engine/rulebook/upgrade-path';
import { groupBy } from '../../engine/vocabulary/lists';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { lockedRow, type PageRequest, pageOf, type ResourceRef, type RowFilter } from '../database/requests';
import {
  deleteRows,
  insertRows,
  newRow,
  nextVersion,
  resourceOf,
  rowFrom,
  type StoredRow,
  updateRows,
} from '../database/rows';

/** A row of `upgrade_paths`. */
export type UpgradePathRow = StoredRow & ReturnType<typeof toUpgradePathColumns>;

/** A row of `upgrade_path_tags`. */
export interface PathTagRow {
  provider_id: string;
  upgrade_path_id: string;
  /** Null where the tag is gone. */
  tag_id: string | null;
  /** The name of a tag that is gone. */
  tag_name: string | null;
  side: 'source' | 'target';
  position: number;
}

/** Lists a page of the provider's upgrade paths, each with its tags. */
export async function listUpgradePaths(
  db: Knex,
  providerId: string,
  filter: RowFilter,
  slice: PageRequest,
): Promise<UpgradePath[]> {
  const query = pageOf(db, 'upgrade_paths', providerId, filter, slice);
  return withTags(db, providerId, await query.select<UpgradePathRow[]>('*'));
}

/** Returns the provider's upgrade paths with these ids, or all of them, in the order of their creation. */
export async function allUpgradePaths(db: Knex, providerId: string, ids?: readonly string[]): Promise<UpgradePath[]> {
  if (ids?.length === 0) return [];
  const query = db('upgrade_paths').where('provider_id', providerId).orderBy('id');
  if (ids !== undefined) query.whereRaw('id = any(?)', [[...ids]]);
  return withTags(db, providerId, await query.select<UpgradePathRow[]>('*'));
}

/** Reads one upgrade path with its tags. */
export async function getUpgradePath(
  db: Knex,
  providerId: string,
  address: ResourceRef,
): Promise<UpgradePath | undefined> {
  const rows = await db('upgrade_paths').where('provider_id', providerId).where(address).select<UpgradePathRow[]>('*');
  return (await withTags(db, providerId, rows))[0];
}

/** Reads and locks it until the transaction ends. */
export async function lockUpgradePath(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<UpgradePath | undefined> {
  const row = await lockedRow<UpgradePathRow>(trx, 'upgrade_paths', providerId, address);
  return row && (await withTags(trx, providerId, [row]))[0];
}

/** Saves a new upgrade path; its tags must exist. */
export async function createUpgradePath(
  trx: Knex.Transaction,
  providerId: string,
  input: UpgradePathInput,
  at: Date,
): Promise<UpgradePath> {
  const row: UpgradePathRow = { ...newRow(providerId, at), ...toUpgradePathColumns(input) };
  const tagIds = await findTags(trx, providerId, input);
  await insertRows(trx, 'upgrade_paths', [row]);
  await insertRows(trx, 'upgrade_path_tags', pathTags(row, input, tagIds));
  return toUpgradePath(row, input.sources, input.targets);
}

/** Writes a locked upgrade path; its tags must exist. */
export async function replaceUpgradePath(
  trx: Knex.Transaction,
  providerId: string,
  stored: UpgradePath,
  input: UpgradePathInput,
  at: Date,
): Promise<UpgradePath> {
  const row: UpgradePathRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toUpgradePathColumns(input) };
  const tagIds = await findTags(trx, providerId, input);
  await updateRows(trx, 'upgrade_paths', [row]);
  await trx('upgrade_path_tags').where({ provider_id: providerId, upgrade_path_id: row.id }).delete();
  await insertRows(trx, 'upgrade_path_tags', pathTags(row, input, tagIds));
  return toUpgradePath(row, input.sources, input.targets);
}

/** Removes a locked upgrade path. */
export async function removeUpgradePath(trx: Knex.Transaction, providerId: string, stored: UpgradePath): Promise<void> {
  await deleteRows(trx, 'upgrade_paths', providerId, [stored.id]);
}

/** Returns the client-supplied fields of an upgrade path itself as columns, with its defaults. */
export function toUpgradePathColumns(input: UpgradePathInput) {
  return {
    name: input.name,
    key: input.key ?? null,
    internal_description: input.internalDescription ?? null,
    metadata: input.metadata ?? null,
    texts: input.texts,
    optional: input.optional ?? false,
    transition: input.transition,
    priority: input.priority ?? 0,
    status: input.status ?? 'active',
  };
}

/** Returns the upgrade path of a row and its tags. */
export function toUpgradePath(row: UpgradePathRow, sources: string[], targets: string[]): UpgradePath {
  return resourceOf(row, {
    key: row.key,
    name: row.name,
    internalDescription: row.internal_description,
    metadata: row.metadata,
    texts: row.texts,
    sources,
    targets,
    optional: row.optional,
    transition: row.transition,
    priority: row.priority,
    status: row.status,
  });
}

/** Returns the ids of the named tags, which stay until the transaction ends; a 422 points at every unknown name. */
async function findTags(
  trx: Knex.Transaction,
  providerId: string,
  { sources, targets }: UpgradePathInput,
): Promise<Map<string, string>> {
  const tags = await trx('tags')
    .where('provider_id', providerId)
    .whereRaw('name = any(?)', [[...sources, ...targets]])
    .orderBy('id')
    .forKeyShare()
    .select<{ id: string; name: string }[]>('id', 'name');
  const ids = new Map(tags.map(({ id, name }) => [name, id]));
  const errors = Object.entries({ sources, targets }).flatMap(([side, names]) =>
    names.flatMap((name, index) =>
      ids.has(name)
        ? []
        : [{ pointer: `/${side}/${index}`, code: 'unknown_tag', detail: `Tag "${name}" does not exist.` }],
    ),
  );
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  return ids;
}

function pathTags(
  row: StoredRow,
  { sources, targets }: UpgradePathInput,
  tagIds: ReadonlyMap<string, string>,
): object[] {
  const side = (name: 'source' | 'target', tags: readonly string[]) =>
    tags.map((tag, position) => ({
      provider_id: row.provider_id,
      upgrade_path_id: row.id,
      tag_id: tagIds.get(tag),
      side: name,
      position,
    }));
  return [...side('source', sources), ...side('target', targets)];
}

async function withTags(db: Knex, providerId: string, rows: readonly UpgradePathRow[]): Promise<UpgradePath[]> {
  if (rows.length === 0) return [];
  const tags = await db('upgrade_path_tags as used')
    .leftJoin('tags as tag', (on) => on.on('tag.provider_id', 'used.provider_id').andOn('tag.id', 'used.tag_id'))
    .where('used.provider_id', providerId)
    .whereRaw('used.upgrade_path_id = any(?)', [rows.map(({ id }) => id)])
    .orderBy('used.position')
    .select<(Pick<PathTagRow, 'upgrade_path_id' | 'side'> & { name: string })[]>(
      'used.upgrade_path_id',
      'used.side',
      db.raw('coalesce(tag.name, used.tag_name) as name'),
    );
  const byPath = groupBy(tags, ({ upgrade_path_id }) => upgrade_path_id);
  return rows.map((row) => {
    const used = byPath.get(row.id) ?? [];
    // A tag that is gone may have the name that another one was given since.
    const names = (side: PathTagRow['side']) => [
      ...new Set(used.filter((tag) => tag.side === side).map(({ name }) => name)),
    ];
    return toUpgradePath(row, names('source'), names('target'));
  });
}
