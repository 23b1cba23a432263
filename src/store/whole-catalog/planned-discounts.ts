import type { DiscountInput } from '../../engine/rulebook/discount';
import { groupBy } from '../../engine/vocabulary/lists';
import { type DiscountRow, toDiscountColumns } from '../catalog/discount-rows';
import { mapInSteps, type Steps } from '../slices';
import { archived, keyOf, matchRules, type Writing, written } from './entries';
import type { PlannedConditions } from './planned-conditions';

/** A discount of a document and its promotion; `null`: it is a global one. */
export type PlacedDiscount = DiscountInput & { place: string | null };

/**
 * Makes the discounts that a catalog is to have, in their order. Of `promotionIds`, the promotions in the document,
 * and of the global discounts, what the document does not name is archived; those of other promotions stay.
 */
export function* plannedDiscounts(
  writing: Writing,
  stored: readonly DiscountRow[],
  entries: readonly PlacedDiscount[],
  promotionIds: ReadonlySet<string>,
  conditions: PlannedConditions,
): Steps<DiscountRow[]> {
  const matched = yield* matchRules(entries, stored, {
    entry: ({ place }) => place ?? '',
    row: ({ promotion_id }) => promotion_id ?? '',
  });
  const named = new Set(matched.map(({ id }) => id));
  const rows = yield* mapInSteps(matched, (match) => {
    const { place, ...entry } = match.entry;
    const touched = conditions.replace('discount_id', match.id, entry.conditions);
    const columns = { ...toDiscountColumns(place, entry), key: keyOf(match), position: match.known?.position ?? 0 };
    return written<DiscountRow>(writing, match, columns, { touched });
  });
  const unnamed = stored
    .filter(({ id }) => !named.has(id))
    .map((row) => (row.promotion_id === null || promotionIds.has(row.promotion_id) ? archived(writing, row) : row));
  const all = yield* arranged(groupBy(stored, placeOf), rows, unnamed);
  return all.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

/** Returns the same rows at their places: the named ones of each promotion in the order of the document, then the others. */
function* arranged(
  before: ReadonlyMap<string, readonly DiscountRow[]>,
  named: readonly DiscountRow[],
  unnamed: readonly DiscountRow[],
): Steps<DiscountRow[]> {
  const global = named.filter((row) => row.promotion_id === null).map((row) => moved(row, 0));
  const lists = groupBy(named, placeOf);
  const others = groupBy(unnamed, placeOf);
  yield;
  const listed = yield* mapInSteps([...lists], ([promotionId, list]) =>
    inOrder(before.get(promotionId) ?? [], list, others.get(promotionId) ?? []),
  );
  const unlisted = unnamed.filter(({ promotion_id }) => promotion_id === null || !lists.has(promotion_id));
  return [...global, ...listed.flat(), ...unlisted];
}

/** Reads one promotion's list. Where its order is the wanted one already, only what is new gets a place: at the end. */
function inOrder(
  before: readonly DiscountRow[],
  named: readonly DiscountRow[],
  others: readonly DiscountRow[],
): DiscountRow[] {
  const places = new Map(before.map(({ id }, place) => [id, place]));
  const wanted = named.map(({ id }, place) => places.get(id) ?? before.length + place);
  const isInOrder = wanted.every((place, index) => index === 0 || place > (wanted[index - 1] ?? 0));
  if (!isInOrder) return [...named, ...others].map(moved);
  const end = (before.at(-1)?.position ?? -1) + 1;
  return [...named.map((row, place) => (places.has(row.id) ? row : moved(row, end + place))), ...others];
}

function moved(row: DiscountRow, position: number): DiscountRow {
  return row.position === position ? row : { ...row, position };
}

function placeOf({ promotion_id }: DiscountRow): string | null {
  return promotion_id;
}
