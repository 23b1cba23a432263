import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { Discount, DiscountInput } from '../../engine/rulebook/discount';
import { groupBy } from '../../engine/vocabulary/lists';
import { pipelined } from '../database/pipelined';
import { execute, preparedStatement } from '../database/prepared-statement';
import { deleteRows, insertRows, nextVersion, rowFrom, updateRows } from '../database/rows';
import { freeKeys } from '../database/unique-names';
import { redeemedDiscounts } from '../redemptions/usage';
import { type ConditionLists, conditionsOfPromotions, saveConditions } from './conditions';
import { type DiscountRow, toDiscount, toDiscountColumns } from './discount-rows';
import { matchRows } from './matching';
import { diffStored, type Reconciled } from './nested-rows';

/** What is nested in promotions. */
export interface Nested {
  /** Their conditions and those of their discounts, by owner. */
  conditions: Map<string, Condition[]>;
  /** Their discounts, by promotion. */
  discounts: Map<string, Discount[]>;
}

/** Returns what is nested in these promotions, in order. */
export async function nestedOf(db: Knex, providerId: string, promotionIds: readonly string[]): Promise<Nested> {
  const [conditions, rows] = await pipelined(
    db,
    () => conditionsOfPromotions(db, providerId, promotionIds),
    () => rowsOf(db, providerId, promotionIds),
  );
  return { conditions, discounts: groupByPromotion(rows.map((row) => toDiscount(row, conditions.get(row.id)))) };
}

/**
 * Makes the discounts of a promotion what is wanted; runs inside the transaction that holds the promotion's row. One
 * that was redeemed and is left out is archived at the end of the list: customers may keep it.
 */
export async function saveDiscounts(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  { stored: discounts, wanted }: { stored: readonly Discount[]; wanted: readonly DiscountInput[] },
  at: Date,
): Promise<Discount[]> {
  const conditionsOf = new Map(discounts.map(({ id, conditions }) => [id, conditions ?? []]));
  const stored = discounts.map(
    (discount, position): DiscountRow => ({
      ...rowFrom(providerId, discount),
      position,
      ...toDiscountColumns(promotionId, discount),
    }),
  );
  const known = knownOf(wanted, stored);
  const reconciled = diffStored(
    providerId,
    stored,
    wanted.map((discount, index) => ({ id: known[index]?.id, columns: toDiscountColumns(promotionId, discount) })),
    at,
  );
  const left = await leave(trx, providerId, stored, reconciled, at);
  // Before the new ones, which may take over a key.
  const altered = [...reconciled.altered, ...left];
  await freeKeys(trx, 'discounts', altered);
  await updateRows(trx, 'discounts', altered);
  await insertRows(trx, 'discounts', reconciled.added);
  const rows = [...reconciled.rows, ...left];
  const conditions = new Map(
    rows.map(({ id }, index): [string, ConditionLists] => {
      const before = conditionsOf.get(id) ?? [];
      return [id, { stored: before, wanted: index < wanted.length ? (wanted[index]?.conditions ?? []) : before }];
    }),
  );
  const { byOwner, changed } = await saveConditions(trx, providerId, 'discount_id', conditions, at);
  const isTouched = (row: DiscountRow) => changed.has(row.id) && row.updated_at !== at;
  const touched = new Map(rows.filter(isTouched).map((row) => [row.id, { ...row, ...nextVersion(row, at) }]));
  await updateRows(trx, 'discounts', [...touched.values()]);
  return rows.map((row) => toDiscount(touched.get(row.id) ?? row, byOwner.get(row.id)));
}

/** Removes what nobody redeemed of the rows that are left out; returns the others, archived, behind the wanted ones. */
async function leave(
  trx: Knex.Transaction,
  providerId: string,
  stored: readonly DiscountRow[],
  { rows, removed }: Reconciled<DiscountRow>,
  at: Date,
): Promise<DiscountRow[]> {
  const redeemed = await redeemedDiscounts(trx, providerId, removed);
  await deleteRows(
    trx,
    'discounts',
    providerId,
    removed.filter((id) => !redeemed.has(id)),
  );
  return stored.filter(({ id }) => redeemed.has(id)).map((row, index) => archivedAt(row, rows.length + index, at));
}

function archivedAt(row: DiscountRow, position: number, at: Date): DiscountRow {
  if (row.status !== 'archived') return { ...row, ...nextVersion(row, at), status: 'archived', position };
  return row.position === position ? row : { ...row, position };
}

/**
 * Returns the stored discount that each wanted one is: the one with its id, else with its key, else of its name, unless
 * both have keys; of several of a name one that is not archived, then one that has a key, or none, as it has, then the
 * oldest.
 */
function knownOf(wanted: readonly DiscountInput[], stored: readonly DiscountRow[]): (DiscountRow | undefined)[] {
  const byId = new Map(stored.map((row) => [row.id, row]));
  const known = wanted.map(({ id }) => (id === undefined ? undefined : byId.get(id)));
  const open = stored.filter((row) => !known.includes(row));
  const liveFirst = [...open.filter(isLive), ...open.filter((row) => !isLive(row))];
  const found = matchRows(
    wanted.map(({ key, name }, index) =>
      known[index] === undefined
        ? { key, alias: key === undefined ? name : undefined }
        : { key: undefined, alias: undefined },
    ),
    liveFirst,
    ({ key, name }) => ({ key, alias: key === null ? name : undefined }),
  );
  const left = new Set(liveFirst.filter((row) => !found.includes(row)));
  return wanted.map(({ key, name }, index) => {
    const match = known[index] ?? found[index];
    if (match !== undefined) return match;
    const named = [...left].find((row) => row.name === name && (row.key === null || key === undefined));
    if (named !== undefined) left.delete(named);
    return named;
  });
}

function isLive({ status }: DiscountRow): boolean {
  return status !== 'archived';
}

/** Discounts of promotions by promotion, in their order. */
export function groupByPromotion(discounts: readonly Discount[]): Map<string, Discount[]> {
  return groupBy(discounts, ({ promotionId }) => promotionId ?? null);
}

const OF_PROMOTIONS = preparedStatement(`
  select * from discounts where provider_id = $1 and promotion_id = any($2) order by promotion_id, position, id`);

async function rowsOf(db: Knex, providerId: string, promotionIds: readonly string[]): Promise<DiscountRow[]> {
  if (promotionIds.length === 0) return [];
  return execute<DiscountRow>(db, OF_PROMOTIONS, [providerId, [...promotionIds]]);
}
