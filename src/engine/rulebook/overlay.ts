import type { CustomTypes } from '../cart/custom-types';
import type { Condition } from '../conditions';
import { duplicates, errorsOfEach, type FieldError, RequestRefused } from '../vocabulary/problem';
import type { Stored } from '../vocabulary/resource';
import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from './checks';
import type { Discount, DiscountInput } from './discount';
import type { Draft } from './draft';
import type { Promotion, PromotionInput } from './promotion';
import { type Catalog, compileRulebook, type Rulebook } from './rulebook';

/** Unsaved rules made ready, to be laid over the stored ones. */
export interface Overlay {
  readonly rules: Rulebook;
  /** The ids of the stored rules that they take the place of. */
  readonly replaced: ReadonlySet<string>;
}

/** Compiles the unsaved rules of a request; an entry with the key or the id of a stored rule takes its place and its id. */
export function compileDraft(rulebook: Rulebook, draft: Draft): Overlay {
  const errors = checkDraft(draft, rulebook.types);
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  const replaced = new Set<string>();
  const promotions = new Map<string, Promotion>();
  const globals: Discount[] = [];
  const storedPromotions = sources(rulebook.promotions);
  const storedDiscounts = sources(rulebook.discounts);
  const storedRelatedProducts = sources(rulebook.relatedProducts);

  for (const [index, entry] of (draft.promotions ?? []).entries()) {
    const id = identify(entry, storedPromotions, `promotion-${number(index)}`, replaced);
    promotions.set(id, draftPromotion(entry, id, storedPromotions.get(id)));
  }
  for (const [index, entry] of (draft.discounts ?? []).entries()) {
    const id = identify(entry, storedDiscounts, `discount-${number(index)}`, replaced);
    const formerId = rulebook.discounts.get(id)?.source.promotionId;
    const promotionId = entry.promotionId ?? formerId;
    const former = formerId === undefined ? undefined : (promotions.get(formerId) ?? storedPromotions.get(formerId));
    if (former !== undefined && formerId !== promotionId) {
      replaced.add(former.id);
      promotions.set(former.id, { ...former, discounts: former.discounts.filter((discount) => discount.id !== id) });
    }
    if (promotionId === undefined) {
      globals.push(draftDiscount(entry, id));
      continue;
    }
    const parent = promotions.get(promotionId) ?? storedPromotions.get(promotionId);
    if (parent === undefined) throw unknownPromotion(promotionId, index);
    replaced.add(parent.id);
    const others = parent.discounts.filter((discount) => discount.id !== id);
    promotions.set(parent.id, {
      ...parent,
      discounts: [...others, { ...draftDiscount(entry, id), promotionId: parent.id }],
    });
  }
  const catalog: Catalog = {
    provider: rulebook.provider,
    version: rulebook.version,
    promotions: [...promotions.values()],
    discounts: globals,
    relatedProducts: (draft.relatedProducts ?? []).map((entry, index) => {
      const id = identify(entry, storedRelatedProducts, `related-product-${number(index)}`, replaced);
      return { ...entry, ...unsaved(id), conditions: draftConditions(entry.conditions, id) };
    }),
    upgradePaths: (draft.upgradePaths ?? []).map((entry, index) => {
      const id = identify(entry, rulebook.upgradePaths, `upgrade-path-${number(index)}`, replaced);
      return { ...entry, ...unsaved(id) };
    }),
    plans: [],
  };
  return { rules: compileRulebook(catalog, undefined, rulebook.types), replaced };
}

/** An unsaved rule must be one that could be saved. */
function checkDraft({ promotions, discounts, relatedProducts, upgradePaths }: Draft, types: CustomTypes): FieldError[] {
  const check = <T extends { id?: string; key?: string }>(
    name: string,
    entries: readonly T[] | undefined,
    errorsOf: (entry: T) => FieldError[],
  ): FieldError[] => {
    const list = `/draft/${name}`;
    return [
      ...errorsOfEach(list, entries, errorsOf),
      ...duplicates(entries, 'id', list),
      ...duplicates(entries, 'key', list),
    ];
  };
  return [
    ...check('promotions', promotions, (entry) => checkPromotion(entry, types)),
    ...check('discounts', discounts, (entry) => checkDiscount(entry, types)),
    ...check('relatedProducts', relatedProducts, (entry) => checkRelatedProduct(entry, types)),
    ...check('upgradePaths', upgradePaths, checkUpgradePath),
  ];
}

function unknownPromotion(id: string, index: number): RequestRefused {
  const pointer = `/draft/discounts/${index}/promotionId`;
  return new RequestRefused('invalid_request', [
    { pointer, code: 'unknown_promotion', detail: `There is no promotion "${id}".` },
  ]);
}

type Keyed = { readonly id: string; readonly key?: string };

function sources<T extends Keyed>(rules: ReadonlyMap<string, { readonly source: T }>): ReadonlyMap<string, T> {
  return new Map([...rules].map(([id, { source }]) => [id, source]));
}

function identify(
  entry: { id?: string; key?: string },
  stored: ReadonlyMap<string, Keyed>,
  name: string,
  replaced: Set<string>,
): string {
  const sameKey = entry.key === undefined ? undefined : [...stored.values()].find(({ key }) => key === entry.key);
  const id = sameKey?.id ?? (entry.id !== undefined && stored.has(entry.id) ? entry.id : undefined);
  if (id === undefined) return `draft-${name}`;
  replaced.add(id);
  return id;
}

/** Four digits, so that ids sort like the entries, and after every stored one. */
function number(index: number): string {
  return String(index).padStart(4, '0');
}

function unsaved(id: string): Stored {
  return { id, version: 0, createdAt: '', updatedAt: '' };
}

/** A nested discount with the key of a stored one of the promotion takes its id too, and with it what customers keep. */
function draftPromotion(entry: PromotionInput, id: string, stored: Promotion | undefined): Promotion {
  const discounts = (entry.discounts ?? []).map((discount, index) => {
    const sameKey = stored?.discounts.find(({ key }) => key !== undefined && key === discount.key);
    const ownId = sameKey?.id ?? discount.id ?? `${id}-discount-${number(index)}`;
    return { ...draftDiscount(discount, ownId), promotionId: id };
  });
  return { ...entry, ...unsaved(id), conditions: draftConditions(entry.conditions, id), discounts };
}

function draftDiscount(entry: DiscountInput, id: string): Discount {
  return { ...entry, ...unsaved(id), conditions: draftConditions(entry.conditions, id) };
}

function draftConditions(conditions: readonly Condition[] | undefined, owner: string): Condition[] {
  return (conditions ?? []).map((condition, index) => ({
    ...condition,
    id: condition.id ?? `${owner}-condition-${number(index)}`,
  }));
}
