import type { MoneySum } from '../money/money';
import type { Id, Term } from '../vocabulary/resource';

/** Amounts before and after discounts. */
export interface Totals {
  /** Before discounts. */
  subtotal: MoneySum;
  /** What is taken off. */
  discount: MoneySum;
  /** What is left to pay. */
  total: MoneySum;
}

/** The amounts of a whole cart. */
export interface CartTotals extends Totals {
  /** What is to be paid at the quote's instant: the amount of the payment then. */
  dueNow: MoneySum;
}

/** What one discount takes off one line. */
export interface LineDiscount {
  /** The discount. */
  discountId: Id;
  /** Its promotion; absent: a global discount. */
  promotionId?: Id;
  /** The grant that gave it. */
  grantId?: Id;
  /** Rounded to one digit more than the currency has. */
  exactAmount: MoneySum;
  /** Its part of the line's discount. */
  amount: MoneySum;
}

/** A line's setup fee. */
export interface QuotedSetup extends Totals {
  /**
   * What each discount takes off the setup fee; the parts add up to `discount`.
   * @maxItems 100000
   */
  discounts: LineDiscount[];
}

/** A quoted line; setup fees are apart. */
export interface QuotedLine extends Totals {
  /** The line's id in the cart. */
  id: Term;
  /** The setup fee, where the line has one. */
  setup?: QuotedSetup;
  /**
   * What each discount takes off the recurring charge; the parts add up to `discount`.
   * @maxItems 100000
   */
  discounts: LineDiscount[];
}
