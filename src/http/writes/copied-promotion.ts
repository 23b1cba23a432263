import type { Promotion, PromotionInput } from '../../engine/rulebook/promotion';

/** Returns what a copy takes over: the rules that are there still, and no key or id that names a part of the original. */
export function copyOf({ key: _key, discounts, ...original }: Promotion): PromotionInput {
  const kept = discounts.filter(({ status }) => status !== 'archived');
  const copied = kept.map(({ id: _id, key: _, promotionId: __, ...discount }) => discount);
  return { ...original, status: 'draft', discounts: copied };
}
