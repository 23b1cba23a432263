import type { AmountOffValue } from './amount-off';
import type { PercentValue } from './percent';
import type { SpecialPriceValue } from './special-price';
import type { TieredAmountOffValue } from './tiered-amount-off';
import type { TieredPercentValue } from './tiered-percent';

/** What a discount takes off, told apart by `type`. */
export type DiscountValue = PercentValue | AmountOffValue | SpecialPriceValue | TieredPercentValue | TieredAmountOffValue;

/** The name of a value type. */
export type DiscountValueType = DiscountValue['type'];
