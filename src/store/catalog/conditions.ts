import type { Knex } from 'knex';
import { CONDITION_KINDS, type Condition } from '../../engine/conditions/index';
import { addTo, groupBy } from '../../engine/vocabulary/lists';
import type { Stored } from '../../engine/vocabulary/resource';
import { execute, preparedStatement } from '../database/prepared-statement';
import { deleteRows, insertRows, rowFrom, serverFields, updateRows, withoutNulls } from '../database/rows';
import { diffStored, type NestedRow } from './nested-rows';

/** The column that says whose condition it is. */
export type ConditionOwner = 'promotion_id' | 'discount_id' | 'related_product_id';

/** A row of `conditions`. */
export interface ConditionRow extends NestedRow {
  promotion_id: string | null;
  discount_id: string | null;
  related_product_id: string | null;
  type: string;
  group_name: string | null;
  negate: boolean;
  parameters: object;
}

/** The conditions of an owner: as they were read while it was locked, and as they are to be. */
export interface ConditionLists {
  readonly stored: readonly Condition[];
  readonly wanted: readonly Condition[];
}

/** The conditions of many owners, after they were saved. */
export interface SavedConditions {
  /** By the owner's id. */
  byOwner: Map<string, Condition[]>;
  /** The owners whose conditions are not what they were. */
  changed: Set<string>;
}

/** Returns the conditions of these owners by owner, in order. */
export async function conditionsOf(
  db: Knex,
  providerId: string,
  owner: ConditionOwner,
  ownerIds: readonly string[],
): Promise<Map<string, Condition[]>> {
  const lists = groupBy(await rowsOf(db, providerId, owner, ownerIds), (row) => row[owner]);
  return new Map([...lists].map(([ownerId, rows]) => [ownerId, rows.map(toCondition)]));
}

const OF_PROMOTIONS = preparedStatement(`
  select * from conditions
  where provider_id = $1 and (promotion_id = any($2) or discount_id = any(array(
    select id from discounts where provider_id = $1 and promotion_id = any($2))))
  order by position, id`);

/** Returns the conditions of these promotions and of their discounts by owner, in order. */
export async function conditionsOfPromotions(
  db: Knex,
  providerId: string,
  promotionIds: readonly string[],
): Promise<Map<string, Condition[]>> {
  if (promotionIds.length === 0) return new Map();
  const rows = await execute<ConditionRow>(db, OF_PROMOTIONS, [providerId, [...promotionIds]]);
  const lists = groupBy(rows, ({ promotion_id, discount_id }) => promotion_id ?? discount_id);
  return new Map([...lists].map(([ownerId, list]) => [ownerId, list.map(toCondition)]));
}

/**
 * Conditions of a provider by owner, in order, without versions and dates: those of the given owners, or all of them.
 * An unknown type is an error.
 */
export async function allConditions(
  db: Knex,
  providerId: string,
  owners?: readonly string[],
): Promise<Map<string, Condition[]>> {
  if (owners?.length === 0) return new Map();
  const query = db('conditions').where('provider_id', providerId).orderBy(['position', 'id']);
  if (owners !== undefined) {
    const ofOwners = ['promotion_id', 'discount_id', 'related_product_id'].map((column) => `${column} = any(:owners)`);
    query.whereRaw(`(${ofOwners.join(' or ')})`, { owners: [...owners] });
  }
  const rows = await query.select<
    (Pick<ConditionRow, 'id' | 'type' | 'group_name' | 'negate' | 'parameters'> & { owner_id: string })[]
  >(
    ...['id', 'type', 'group_name', 'negate', 'parameters'],
    db.raw('coalesce(promotion_id, discount_id, related_product_id) as owner_id'),
  );
  const byOwner = new Map<string, Condition[]>();
  for (const { owner_id, id, type, group_name, negate, parameters } of rows) {
    if (!Object.hasOwn(CONDITION_KINDS, type)) throw new Error(`Condition ${id} has the unknown type "${type}".`);
    const condition = { id, type, ...withoutNulls({ group: group_name }), negate, ...parameters } as Condition;
    addTo(byOwner, owner_id, condition);
  }
  return byOwner;
}

/** Makes the conditions of these owners what is wanted; runs inside the transaction that holds the owners' rows. */
export async function saveConditions(
  trx: Knex.Transaction,
  providerId: string,
  owner: ConditionOwner,
  byOwner: ReadonlyMap<string, ConditionLists>,
  at: Date,
): Promise<SavedConditions> {
  const lists = [...byOwner].map(([ownerId, { stored, wanted }]) => ({
    ownerId,
    ...diffStored(
      providerId,
      stored.map((condition, position) => rowOf(providerId, owner, ownerId, condition, position)),
      wanted.map((condition) => ({ id: condition.id, columns: toConditionColumns(owner, ownerId, condition) })),
      at,
    ),
  }));
  await deleteRows(
    trx,
    'conditions',
    providerId,
    lists.flatMap(({ removed }) => removed),
  );
  await updateRows(
    trx,
    'conditions',
    lists.flatMap(({ altered }) => altered),
  );
  await insertRows(
    trx,
    'conditions',
    lists.flatMap(({ added }) => added),
  );
  return {
    byOwner: new Map(lists.map(({ ownerId, rows }) => [ownerId, rows.map(toCondition)])),
    changed: new Set(
      lists
        .filter(({ added, altered, removed }) => added.length + altered.length + removed.length > 0)
        .map(({ ownerId }) => ownerId),
    ),
  };
}

async function rowsOf(
  db: Knex,
  providerId: string,
  owner: ConditionOwner,
  ownerIds: readonly string[],
): Promise<ConditionRow[]> {
  if (ownerIds.length === 0) return [];
  return db<ConditionRow>('conditions')
    .where('provider_id', providerId)
    .whereRaw('?? = any(?)', [owner, [...ownerIds]])
    .orderBy([owner, 'position', 'id'])
    .select<ConditionRow[]>('*');
}

/** Returns the row that a condition was read from; of its position only the order is known. */
function rowOf(
  providerId: string,
  owner: ConditionOwner,
  ownerId: string,
  condition: Condition,
  position: number,
): ConditionRow {
  // What the store has read has its server-made part.
  const stored = rowFrom(providerId, condition as Condition & Stored);
  return { ...stored, position, ...toConditionColumns(owner, ownerId, condition) };
}

/** Returns the client-supplied fields of a condition as columns. */
export function toConditionColumns(
  owner: ConditionOwner,
  ownerId: string,
  condition: Condition,
): Omit<ConditionRow, keyof NestedRow> {
  const { id, version, createdAt, updatedAt, warnings, type, group, negate, ...parameters } = condition;
  return {
    promotion_id: null,
    discount_id: null,
    related_product_id: null,
    [owner]: ownerId,
    type,
    group_name: group ?? null,
    negate: negate ?? false,
    parameters,
  };
}

/** Returns the condition of a row. */
export function toCondition(row: ConditionRow): Condition {
  // The columns hold what the schema of the type let in; the catalog refuses types that it does not know.
  return {
    ...serverFields(row),
    type: row.type,
    ...withoutNulls({ group: row.group_name }),
    negate: row.negate,
    ...row.parameters,
  } as Condition;
}
