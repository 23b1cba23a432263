import type { CustomTypes } from '../cart/custom-types';
import type { Condition } from '../conditions';
import type { CartKeys } from '../vocabulary/keys';
import { duplicates, errorsOfEach, type FieldError, RequestRefused } from '../vocabulary/problem';
import type { Stored } from '../vocabulary/resource';
import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from './checks';
import { compileRulebook } from './compile';
import type { Discount, DiscountInput } from './discount';
import type { Promotion, PromotionInput } from './promotion';
import type { RelatedProductInput } from './related-product';
import type { KeyedRules, Rulebook } from './rulebook';
import type { Ruleset } from './ruleset';
import type { Catalog } from './saved';
import type { UpgradePathInput } from './upgrade-path';

/** Unsaved rules laid over the stored ones for this quote; an entry with the key or id of a stored one replaces it. */
export interface Draft {
  /**
   * Promotions with their nested lists.
   * @maxItems 200
   */
  promotions?: PromotionInput[];
  /**
   * Discounts; without `promotionId` global ones.
   * @maxItems 200
   */
  discounts?: DiscountInput[];
  /**
   * Related products.
   * @maxItems 200
   */
  relatedProducts?: RelatedProductInput[];
  /**
   * Upgrade paths.
   * @maxItems 200
   */
  upgradePaths?: UpgradePathInput[];
}

/** The stored rules with those of a draft in the place of the ones that they replace. */
export class DraftedRules implements Ruleset {
  readonly provider;
  readonly version;
  readonly plans;
  readonly #unsaved: Rulebook;
  /** The ids of the stored rules that are replaced. */
  readonly #replaced: ReadonlySet<string>;

  constructor(
    private readonly stored: Rulebook,
    draft: Draft,
  ) {
    const { catalog, replaced } = drafted(stored, draft);
    this.provider = stored.provider;
    this.version = stored.version;
    this.plans = stored.plans;
    this.#unsaved = compileRulebook(catalog, undefined, stored.types);
    this.#replaced = replaced;
  }

  promotion(id: string) {
    return this.#unsaved.promotion(id) ?? this.stored.promotion(id);
  }

  discount(id: string) {
    const stored = this.stored.discount(id);
    return this.#unsaved.discount(id) ?? (stored !== undefined && this.#stands(stored) ? stored : undefined);
  }

  promotions() {
    return this.#over(this.stored.promotions(), this.#unsaved.promotions());
  }

  discounts() {
    return this.#over(this.stored.discounts(), this.#unsaved.discounts());
  }

  discountsFor(brought: CartKeys) {
    return this.#over(this.stored.discountsFor(brought), this.#unsaved.discountsFor(brought));
  }

  advertisedFor(brought: CartKeys) {
    return this.#over(this.stored.advertisedFor(brought), this.#unsaved.advertisedFor(brought));
  }

  relatedProductsFor(brought: CartKeys) {
    return this.#over(this.stored.relatedProductsFor(brought), this.#unsaved.relatedProductsFor(brought));
  }

  upgradePathsFor(brought: CartKeys) {
    return this.#over(this.stored.upgradePathsFor(brought), this.#unsaved.upgradePathsFor(brought));
  }

  upgradePathsFrom(brought: CartKeys) {
    return this.#over(this.stored.upgradePathsFrom(brought), this.#unsaved.upgradePathsFrom(brought));
  }

  #over<T extends { readonly id: string; readonly promotion?: { readonly id: string } | undefined }>(
    stored: Iterable<T>,
    unsaved: Iterable<T>,
  ): readonly T[] {
    return [...[...stored].filter((rule) => this.#stands(rule)), ...unsaved];
  }

  #stands({
    id,
    promotion,
  }: {
    readonly id: string;
    readonly promotion?: { readonly id: string } | undefined;
  }): boolean {
    return !this.#replaced.has(id) && !(promotion !== undefined && this.#replaced.has(promotion.id));
  }
}

/** Returns the rules of a rulebook, with a draft laid over them where there is one. */
export function rulesOf(rulebook: Rulebook, draft: Draft | undefined): Ruleset {
  return draft === undefined ? rulebook : new DraftedRules(rulebook, draft);
}

/** Returns the unsaved rules of a request; an entry with the key or the id of a stored rule takes its place and its id. */
function drafted(rulebook: Rulebook, draft: Draft): { catalog: Catalog; replaced: ReadonlySet<string> } {
  const errors = checkDraft(draft, rulebook.types);
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  const replaced = new Set<string>();
  const promotions = new Map<string, Promotion>();
  const globals: Discount[] = [];
  const stored = rulebook.keyed;
  const storedPromotion = (id: string) => rulebook.promotion(id)?.source;

  for (const [index, entry] of (draft.promotions ?? []).entries()) {
    const id = identify(entry, stored.promotions, `promotion-${number(index)}`, replaced);
    promotions.set(id, draftPromotion(entry, id, storedPromotion(id)));
  }
  for (const [index, entry] of (draft.discounts ?? []).entries()) {
    const id = identify(entry, stored.discounts, `discount-${number(index)}`, replaced);
    const formerId = rulebook.discount(id)?.source.promotionId;
    const promotionId = entry.promotionId ?? formerId;
    const former = formerId === undefined ? undefined : (promotions.get(formerId) ?? storedPromotion(formerId));
    if (former !== undefined && formerId !== promotionId) {
      replaced.add(former.id);
      promotions.set(former.id, { ...former, discounts: former.discounts.filter((discount) => discount.id !== id) });
    }
    if (promotionId === undefined) {
      globals.push(draftDiscount(entry, id));
      continue;
    }
    const parent = promotions.get(promotionId) ?? storedPromotion(promotionId);
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
      const id = identify(entry, stored.relatedProducts, `related-product-${number(index)}`, replaced);
      return { ...entry, ...unsaved(id), conditions: draftConditions(entry.conditions, id) };
    }),
    upgradePaths: (draft.upgradePaths ?? []).map((entry, index) => {
      const id = identify(entry, stored.upgradePaths, `upgrade-path-${number(index)}`, replaced);
      return { ...entry, ...unsaved(id) };
    }),
    plans: [],
  };
  return { catalog, replaced };
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

function identify(
  entry: { id?: string; key?: string },
  stored: KeyedRules,
  name: string,
  replaced: Set<string>,
): string {
  const sameKey = entry.key === undefined ? undefined : stored.idOf(entry.key);
  const id = sameKey ?? (entry.id !== undefined && stored.has(entry.id) ? entry.id : undefined);
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
