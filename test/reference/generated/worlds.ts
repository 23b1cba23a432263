import fc from 'fast-check';
import type { RoundingMode } from '../../../src/engine/money/rounding';
import type { Combination, ResidualDays } from '../../../src/engine/vocabulary/provider';
import { attributes, INSTANTS, sometimes } from './alphabets';
import { customer, line, subscriptionDraft } from './carts';
import { conditions } from './conditions';
import { type DiscountDraft, discountDraft } from './discounts';
import { relatedProductDraft, upgradePathDraft } from './offers';
import { CODES, codeDraft, enteredCode, type PromotionDraft, promotionDraft } from './promotions';

/** What is rare in an ordinary world and the rule in another: discounts and lines that collide in the same way. */
const THEMES = ['ordinary', 'order', 'stacked', 'exclusive', 'kept', 'codes', 'long', 'units'] as const;

export const world = (currencies: fc.Arbitrary<string>, quantity: fc.Arbitrary<number>) =>
  fc.record({
    at: fc.constantFrom(...INSTANTS),
    theme: fc.constantFrom('ordinary' as const, 'ordinary' as const, 'ordinary' as const, ...THEMES),
    currency: currencies,
    combination: fc.constantFrom<Combination>('best', 'sum', 'sequence'),
    roundingMode: fc.constantFrom<RoundingMode>('half_up', 'half_even'),
    maxPromoCodes: fc.constantFrom<number>(1, 1, 2, 0),
    residualDays: fc.constantFrom<ResidualDays>('one_end', 'both_ends'),
    promotions: fc.array(promotionDraft, { maxLength: 6, size: 'max' }),
    globals: fc.array(fc.record({ draft: discountDraft, conditions }), { maxLength: 6 }),
    relatedProducts: fc.array(relatedProductDraft, { maxLength: 6 }),
    upgradePaths: fc.array(upgradePathDraft, { maxLength: 4 }),
    isReversed: fc.boolean(),
    lines: fc.array(line(quantity), { minLength: 1, maxLength: 8 }),
    subscriptions: sometimes(fc.array(subscriptionDraft, { maxLength: 3 }), 4),
    customer: sometimes(customer, 2),
    attributes: sometimes(attributes, 2),
    planAttributes: sometimes(attributes, 2),
    promoCodes: fc.array(enteredCode, { maxLength: 4 }),
    codes: fc.array(codeDraft, { maxLength: CODES.length, size: 'max' }),
    redeeming: sometimes(fc.constant(true), 8),
    grants: sometimes(fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 2 }), 6),
  });

export type World = ReturnType<typeof world> extends fc.Arbitrary<infer T> ? T : never;

/** The world with its theme made the rule. */
export function themed(draft: World): World {
  const ofPromotions = (
    change: (discount: DiscountDraft) => DiscountDraft,
    own: (promotion: PromotionDraft, index: number) => Partial<PromotionDraft> = () => ({}),
  ): World => ({
    ...draft,
    promotions: draft.promotions.map((promotion, index) => ({
      ...promotion,
      ...own(promotion, index),
      discounts: promotion.discounts.map((entry) => ({ ...entry, draft: change(entry.draft) })),
    })),
  });
  /** Only their saving and their age tell them apart. */
  const equal = (discount: DiscountDraft): DiscountDraft => ({
    ...discount,
    priority: undefined,
    recipients: undefined,
    selector: undefined,
  });
  switch (draft.theme) {
    case 'ordinary':
      return draft;
    case 'order':
      // Order discounts of the promotions beside the global discounts of any scope.
      return ofPromotions(
        (discount) => ({ ...equal(discount), scope: 'order' }),
        () => ({ priority: undefined, conditions: [], needsCode: undefined, stackingGroup: undefined }),
      );
    case 'stacked':
      return ofPromotions(equal, ({ stackingGroup }) => ({
        priority: undefined,
        conditions: [],
        needsCode: undefined,
        stackingGroup: stackingGroup ?? 'one',
      }));
    case 'exclusive':
      return ofPromotions(
        (discount) => discount,
        (_, index) => ({ exclusive: index % 3 > 0, conditions: [], needsCode: undefined }),
      );
    case 'kept':
      return {
        ...ofPromotions((discount) => ({ ...discount, coverage: 'until_end' })),
        grants: draft.grants ?? [0, 1, 2, 3],
      };
    case 'codes':
      // Several codes for each of two promotions.
      return {
        ...ofPromotions(
          (discount) => discount,
          ({ needsCode }) => ({ needsCode: needsCode ?? 'alone' }),
        ),
        codes: draft.codes.map((code) => ({ ...code, promotion: code.promotion % 2 })),
        promoCodes: [...draft.promoCodes, ...CODES],
        maxPromoCodes: 3,
      };
    case 'units':
      return {
        ...ofPromotions(ofSomeUnits, () => ({ conditions: [], needsCode: undefined })),
        globals: draft.globals.map((global) => ({ ...global, draft: ofSomeUnits(global.draft), conditions: [] })),
      };
    case 'long':
      return {
        ...draft,
        lines: Array.from({ length: 40 }, (_, index) => draft.lines[index % draft.lines.length]).flatMap(
          (one) => one ?? [],
        ),
      };
  }
}

/** Bundles whose two selections overlap in every way, or a few units; nothing else keeps the discount from the lines. */
function ofSomeUnits(discount: DiscountDraft): DiscountDraft {
  const { selector: own, buy = own && { selector: {}, quantity: 1 } } = discount;
  const maxUnits = discount.maxUnits ?? (buy === undefined ? 2 : undefined);
  return { ...discount, buy, maxUnits, recipients: undefined, window: {} };
}
