import type { Amounts } from '../money';

/** A fixed amount off, per currency. */
export interface AmountOffValue {
  /** The value type. */
  type: 'amount_off';
  /** What is taken off. */
  amounts: Amounts;
}
