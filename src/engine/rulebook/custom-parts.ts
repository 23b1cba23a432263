import type { Condition } from '../conditions/index';
import type { CustomCondition } from '../conditions/kinds/custom';
import type { CustomValue } from '../discount-values/custom';
import type { DiscountValue } from '../discount-values/index';

/** What may have parts of types that the provider defined: a promotion, a discount or a related product. */
export interface CustomUser {
  readonly value?: DiscountValue;
  readonly conditions?: readonly Condition[];
  readonly discounts?: readonly CustomUser[];
}

/** Returns the conditions and values of a rule, and of the discounts in it, that are of types that the provider defined. */
export function customPartsOf({
  value,
  conditions = [],
  discounts = [],
}: CustomUser): (CustomCondition | CustomValue)[] {
  return [
    ...(value?.type === 'custom' ? [value] : []),
    ...conditions.filter((condition) => condition.type === 'custom'),
    ...discounts.flatMap(customPartsOf),
  ];
}

/** Returns whether a rule has any such part. */
export function usesCustomTypes(rule: CustomUser): boolean {
  return customPartsOf(rule).length > 0;
}
