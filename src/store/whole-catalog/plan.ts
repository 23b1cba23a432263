import type { CustomTypeInput } from '../../engine/rulebook/custom-type';
import type { PromotionInput } from '../../engine/rulebook/promotion';
import type { UpgradePathInput } from '../../engine/rulebook/upgrade-path';
import { groupBy } from '../../engine/vocabulary/lists';
import { inOrder } from '../../engine/vocabulary/resource';
import { type CustomTypeRow, toCustomTypeColumns } from '../catalog/custom-types';
import type { DiscountRow } from '../catalog/discount-rows';
import { matchRows } from '../catalog/matching';
import { type PlanRow, toPlanColumns } from '../catalog/plans';
import { type PromotionRow, toPromotionColumns } from '../catalog/promotions';
import { type RelatedProductRow, toRelatedProductColumns } from '../catalog/related-products';
import { type TagRow, toTagColumns } from '../catalog/tags';
import { type PathTagRow, toUpgradePathColumns, type UpgradePathRow } from '../catalog/upgrade-paths';
import { newId } from '../database/id';
import { nextVersion } from '../database/rows';
import { mapInSteps, type Steps } from '../slices';
import type { CatalogDocument } from './document';
import { archived, keyOf, type Matched, matchRules, type Writing, written } from './entries';
import { PlannedConditions } from './planned-conditions';
import { plannedDiscounts } from './planned-discounts';
import type { CatalogRows } from './rows';

/**
 * Makes the rows of a catalog once it is equal to a checked document; what stays as it is stays the same object.
 * Pure: it decides and writes nothing.
 */
export function* planInSteps(writing: Writing, stored: CatalogRows, document: CatalogDocument): Steps<CatalogRows> {
  const conditions = new PlannedConditions(writing.providerId, stored.conditions, writing.at);
  const tags = yield* plannedTags(writing, stored.tags, document.tags);
  return {
    tags,
    plans: yield* plannedPlans(writing, stored.plans, document.plans),
    ...(yield* plannedPromotions(writing, stored, document, conditions)),
    relatedProducts: yield* plannedRelatedProducts(
      writing,
      stored.relatedProducts,
      document.relatedProducts,
      conditions,
    ),
    ...(yield* plannedUpgradePaths(writing, stored, document.upgradePaths, tags)),
    conditionTypes: plannedTypes(writing, 'condition', stored.conditionTypes, document.conditionTypes),
    discountTypes: plannedTypes(writing, 'value', stored.discountTypes, document.discountTypes),
    // Must come last: the steps above register the wanted conditions.
    conditions: conditions.rows(),
  };
}

/** By key, else by name, which is unique as well; a tag that is left out is removed. */
function* plannedTags(writing: Writing, stored: readonly TagRow[], entries: CatalogDocument['tags']): Steps<TagRow[]> {
  const sought = entries.map(({ key, name }) => ({ key, alias: name }));
  const found = matchRows(sought, stored, ({ key, name }) => ({ key, alias: name }));
  return yield* mapInSteps(entries, (entry, index) => {
    const known = found[index];
    const match = { entry, known, id: known?.id ?? newId() };
    // A document that gives no key leaves the stored one alone.
    const key = entry.key === undefined ? (known?.key ?? null) : keyOf(match);
    return written<TagRow>(writing, match, { ...toTagColumns(entry), key });
  });
}

/** By id; a plan that is left out is removed. */
function* plannedPlans(
  writing: Writing,
  stored: readonly PlanRow[],
  entries: CatalogDocument['plans'],
): Steps<PlanRow[]> {
  const byId = new Map(stored.map((row) => [row.id, row]));
  return yield* mapInSteps(entries, (entry) =>
    written<PlanRow>(writing, { known: byId.get(entry.id), id: entry.id }, toPlanColumns(entry)),
  );
}

/** By name; a type that is left out is removed, and of a document without any they all stay. */
function plannedTypes(
  writing: Writing,
  kind: CustomTypeRow['kind'],
  stored: CustomTypeRow[],
  entries: readonly CustomTypeInput[] | undefined,
): CustomTypeRow[] {
  if (entries === undefined) return stored;
  const byName = new Map(stored.map((row) => [row.name, row]));
  return entries.map((entry) => {
    const known = byName.get(entry.name);
    return written<CustomTypeRow>(writing, { known, id: known?.id ?? newId() }, toCustomTypeColumns(kind, entry));
  });
}

/** A promotion is written with its conditions and its discounts: its version says so. */
function* plannedPromotions(
  writing: Writing,
  stored: CatalogRows,
  document: CatalogDocument,
  conditions: PlannedConditions,
): Steps<Pick<CatalogRows, 'promotions' | 'discounts'>> {
  const matched = yield* matchRules<PromotionInput, PromotionRow>(document.promotions, stored.promotions);
  const ids = new Set(matched.map(({ id }) => id));
  const nested = matched.flatMap(({ entry, id }) =>
    (entry.discounts ?? []).map((discount) => ({ ...discount, place: id })),
  );
  const global = document.discounts.map((discount) => ({ ...discount, place: null }));
  const discounts = yield* plannedDiscounts(writing, stored.discounts, [...nested, ...global], ids, conditions);
  const touchedIds = promotionsOfChanged(stored.discounts, discounts);
  yield;
  const named = yield* mapInSteps(matched, (match) => {
    const hasOthers = conditions.replace('promotion_id', match.id, match.entry.conditions);
    const columns = { ...toPromotionColumns(match.entry), key: keyOf(match) };
    return written<PromotionRow>(writing, match, columns, { touched: hasOthers || touchedIds.has(match.id) });
  });
  const unnamed = stored.promotions
    .filter(({ id }) => !ids.has(id))
    .map((row) => {
      const left = archived(writing, row);
      return left === row && touchedIds.has(row.id) ? { ...row, ...nextVersion(row, writing.at) } : left;
    });
  return { promotions: inOrder([...named, ...unnamed]), discounts };
}

/** Returns the promotions that a discount of is new or different, or has left. */
function promotionsOfChanged(before: readonly DiscountRow[], after: readonly DiscountRow[]): Set<string> {
  const stored = new Map(before.map((row) => [row.id, row]));
  const changed = after.filter((row) => stored.get(row.id) !== row);
  const promotions = changed.flatMap((row) => [row.promotion_id, stored.get(row.id)?.promotion_id ?? null]);
  return new Set(promotions.filter((id) => id !== null));
}

function* plannedRelatedProducts(
  writing: Writing,
  stored: readonly RelatedProductRow[],
  entries: CatalogDocument['relatedProducts'],
  conditions: PlannedConditions,
): Steps<RelatedProductRow[]> {
  const matched = yield* matchRules(entries, stored);
  const named = yield* mapInSteps(matched, (match) => {
    const touched = conditions.replace('related_product_id', match.id, match.entry.conditions);
    const columns = { ...toRelatedProductColumns(match.entry), key: keyOf(match) };
    return written<RelatedProductRow>(writing, match, columns, { touched });
  });
  return withUnnamed(writing, stored, named);
}

/** An archived path keeps the names of tags that are removed. */
function* plannedUpgradePaths(
  writing: Writing,
  stored: CatalogRows,
  entries: CatalogDocument['upgradePaths'],
  tags: readonly TagRow[],
): Steps<Pick<CatalogRows, 'upgradePaths' | 'pathTags'>> {
  const tagIds = new Map(tags.map(({ id, name }) => [name, id]));
  const byPath = groupBy(stored.pathTags, (row) => row.upgrade_path_id);
  const named = yield* mapInSteps(yield* matchRules(entries, stored.upgradePaths), (match) => {
    const before = byPath.get(match.id) ?? [];
    const wanted = pathTags(writing, match, tagIds);
    const touched = !haveSameTags(before, wanted);
    if (touched) byPath.set(match.id, wanted);
    const columns = { ...toUpgradePathColumns(match.entry), key: keyOf(match) };
    return written<UpgradePathRow>(writing, match, columns, { touched });
  });
  const kept = new Set(tags.map(({ id }) => id));
  const names = new Map(stored.tags.map(({ id, name }) => [id, name]));
  const parted = [...byPath.values()]
    .flat()
    .map((row) =>
      row.tag_id === null || kept.has(row.tag_id)
        ? row
        : { ...row, tag_id: null, tag_name: names.get(row.tag_id) ?? null },
    );
  return { upgradePaths: withUnnamed(writing, stored.upgradePaths, named), pathTags: parted };
}

function pathTags(
  { providerId }: Writing,
  { entry, id }: Matched<UpgradePathInput, UpgradePathRow>,
  tagIds: ReadonlyMap<string, string>,
): PathTagRow[] {
  const side = (name: PathTagRow['side'], tags: readonly string[]): PathTagRow[] =>
    tags.map((tag, position) => ({
      provider_id: providerId,
      upgrade_path_id: id,
      tag_id: tagIds.get(tag) ?? null,
      tag_name: null,
      side: name,
      position,
    }));
  return [...side('source', entry.sources), ...side('target', entry.targets)];
}

function haveSameTags(before: readonly PathTagRow[], wanted: readonly PathTagRow[]): boolean {
  return (
    before.length === wanted.length &&
    wanted.every(({ side, tag_id }, place) => before[place]?.side === side && before[place].tag_id === tag_id)
  );
}

/** Returns the named rows and, archived, the others, in the order of their ids. */
function withUnnamed<R extends Parameters<typeof archived>[1]>(
  writing: Writing,
  stored: readonly R[],
  named: readonly R[],
): R[] {
  const ids = new Set(named.map(({ id }) => id));
  return inOrder([...named, ...stored.filter(({ id }) => !ids.has(id)).map((row) => archived(writing, row))]);
}
