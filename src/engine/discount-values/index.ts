import { type AmountOffValue, fixedAmountOff } from './amount-off';
import { type CustomValue, customValue } from './custom';
import type { DiscountCalculator, DiscountKind, ValueContext } from './discount-value';
import { type PercentValue, percentOff } from './percent';
import { type SetPriceValue, setPrice } from './set-price';
import { type SpecialPriceValue, specialPrice } from './special-price';
import { type TieredAmountOffValue, tieredAmountOff } from './tiered-amount-off';
import { type TieredPercentValue, tieredPercentOff } from './tiered-percent';

/** What a discount takes off, told apart by `type`. */
export type DiscountValue =
  | PercentValue
  | AmountOffValue
  | SpecialPriceValue
  | SetPriceValue
  | TieredPercentValue
  | TieredAmountOffValue
  | CustomValue;

/** The name of a value type. */
export type DiscountValueType = DiscountValue['type'];

/** Every kind of discount value by its type; a type that is missing here does not compile. */
export const VALUE_KINDS: {
  readonly [T in DiscountValueType]: DiscountKind<Extract<DiscountValue, { type: T }>>;
} = {
  percent: percentOff,
  amount_off: fixedAmountOff,
  special_price: specialPrice,
  set_price: setPrice,
  tiered_percent: tieredPercentOff,
  tiered_amount_off: tieredAmountOff,
  custom: customValue,
};

/** Makes a value ready for a currency and scope; `undefined` where the currency is not priced; an unknown type is an error. */
export function prepareValue(value: DiscountValue, context: ValueContext): DiscountCalculator | undefined {
  const kind = Object.hasOwn(VALUE_KINDS, value.type)
    ? (VALUE_KINDS[value.type] as DiscountKind<DiscountValue>)
    : undefined;
  if (kind === undefined) throw new Error(`Unknown discount value type "${value.type}".`);
  return kind.prepare(value, context);
}
