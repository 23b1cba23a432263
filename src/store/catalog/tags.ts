import type { Knex } from 'knex';
import type { Tag, TagInput } from '../../engine/vocabulary/tag';
import { Conflict } from '../database/errors';
import { type PageRequest, pageOf, type ResourceRef } from '../database/requests';
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

/** A row of `tags`. */
export type TagRow = StoredRow & ReturnType<typeof toTagColumns>;

/** The most users that a refusal names. */
const NAMED_USERS = 20;

/** Lists a page of the provider's tags. */
export async function listTags(
  db: Knex,
  providerId: string,
  filter: { q?: string | undefined },
  slice: PageRequest,
): Promise<Tag[]> {
  const query = pageOf(db, 'tags', providerId, filter, slice);
  return (await query.select<TagRow[]>('*')).map(toTag);
}

/** Lists all of the provider's tags, in the order of their creation. */
export async function allTags(db: Knex, providerId: string): Promise<Tag[]> {
  const rows = await db('tags').where('provider_id', providerId).orderBy('id').select<TagRow[]>('*');
  return rows.map(toTag);
}

/** Reads one tag. */
export async function getTag(db: Knex, providerId: string, address: ResourceRef): Promise<Tag | undefined> {
  const row = await db('tags').where('provider_id', providerId).where(address).first<TagRow | undefined>('*');
  return row && toTag(row);
}

/** Reads and locks it until the transaction ends. */
export async function lockTag(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<Tag | undefined> {
  const row = await trx('tags')
    .where('provider_id', providerId)
    .where(address)
    .forUpdate()
    .first<TagRow | undefined>('*');
  return row && toTag(row);
}

/** Saves a new tag. */
export async function createTag(trx: Knex.Transaction, providerId: string, input: TagInput, at: Date): Promise<Tag> {
  const row: TagRow = { ...newRow(providerId, at), ...toTagColumns(input) };
  await insertRows(trx, 'tags', [row]);
  return toTag(row);
}

/** Writes a locked tag; one that is in use keeps its name. */
export async function replaceTag(
  trx: Knex.Transaction,
  providerId: string,
  stored: Tag,
  input: TagInput,
  at: Date,
): Promise<Tag> {
  if (input.name !== stored.name) await refuseIfUsed(trx, providerId, stored);
  const row: TagRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toTagColumns(input) };
  await updateRows(trx, 'tags', [row]);
  return toTag(row);
}

/** Removes a locked tag that nothing uses. */
export async function removeTag(trx: Knex.Transaction, providerId: string, stored: Tag): Promise<void> {
  await refuseIfUsed(trx, providerId, stored);
  await deleteRows(trx, 'tags', providerId, [stored.id]);
}

async function refuseIfUsed(trx: Knex.Transaction, providerId: string, { id, name }: Tag): Promise<void> {
  const { rows } = await trx.raw<{ rows: { kind: string; id: string; name: string }[] }>(
    `select 'plan' as kind, id, id as name from plans where provider_id = :providerId and tags @> array[cast(:name as text)]
     union all
     select 'upgrade path', path.id, path.name from upgrade_path_tags used
     join upgrade_paths path on path.provider_id = used.provider_id and path.id = used.upgrade_path_id
     where used.provider_id = :providerId and used.tag_id = :id
     order by 1, 2`,
    { providerId, id, name },
  );
  if (rows.length === 0) return;
  const named = rows
    .slice(0, NAMED_USERS)
    .map((user) => (user.kind === 'plan' ? `plan "${user.id}"` : `upgrade path "${user.name}" (${user.id})`));
  const more = rows.length > NAMED_USERS ? ` and ${rows.length - NAMED_USERS} more` : '';
  throw new Conflict('tag_in_use', `The tag "${name}" is used by ${named.join(', ')}${more}.`);
}

/** Returns the client-supplied fields of a tag as columns. */
export function toTagColumns(input: TagInput) {
  return {
    name: input.name,
    key: input.key ?? null,
    description: input.description ?? null,
    metadata: input.metadata ?? null,
  };
}

/** Returns the tag of a row. */
export function toTag(row: TagRow): Tag {
  return resourceOf(row, { key: row.key, name: row.name, description: row.description, metadata: row.metadata });
}
