import type { EnteredCode } from '../cart/cart';
import type { Amounts, MoneySum } from '../money/money';
import type { Instant } from '../time/instant';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Reason, UnmetCondition } from '../vocabulary/reasons';
import type { Id, Name } from '../vocabulary/resource';

/** A discount that applies, over the whole cart, setup fees included. */
export interface AppliedDiscount {
  /** The discount. */
  discountId: Id;
  /** Its promotion; absent: a global discount. */
  promotionId?: Id;
  /** The code that opened the promotion, as sent, trimmed. */
  promoCode?: EnteredCode;
  /** The discount's name; with a publishable key only where there is no title. */
  name?: Name;
  /** The promotion's title in the answer's language. */
  title?: LocalizedString;
  /** The promotion's words for the invoice in the answer's language. */
  billingDescription?: LocalizedString;
  /** What it takes off in all. */
  amount: MoneySum;
  /** The earliest end of the windows of the discount, its promotion and its code. */
  endsAt?: Instant;
  /** The grant that gave it; absent: it applies in its own right. */
  grantId?: Id;
  /** The end of the grant, or of the one that redeeming now would record. */
  validUntil?: Instant;
  /**
   * How many payments are left after this one.
   * @isInt
   * @minimum 0
   */
  paymentsLeft?: number;
  /** What is left of the balance after this cart. */
  balance?: Amounts;
  /** The end that `coverage: "until_end"` used. */
  coveredUntil?: Instant;
}

/** A promotion or discount that does not apply, and why. */
export interface Declined {
  /** The promotion. */
  promotionId?: Id;
  /** The discount, where the reason is the discount's own. */
  discountId?: Id;
  /** The name of the discount where there is one, else of the promotion; never with a publishable key. */
  name?: Name;
  /** The promotion's title in the answer's language. */
  title?: LocalizedString;
  /** Why. */
  reason: Reason;
  /** The begin of the window that the quote's instant is outside of: the rule's, or that of a code that was sent. */
  startsAt?: Instant;
  /** The end of that window. */
  endsAt?: Instant;
  /** The promotion, or global discount, that it lost to. */
  blockedBy?: Id;
  /**
   * The JSON pointer of the missing fact in the request, where the reason is `missing_fact` and no condition tells.
   * @maxLength 500
   */
  pointer?: string;
  /**
   * The conditions that do not hold.
   * @maxItems 200
   */
  unmet?: UnmetCondition[];
}
