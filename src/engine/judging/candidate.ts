import type { LinePart, PricedLine } from '../cart/priced-line';
import type { DiscountCalculator } from '../discount-values/discount-value';
import type { Integer } from '../money/integer';
import type { DiscountRule } from '../rulebook/rules';
import type { Reason } from '../vocabulary/reasons';
import type { GrantFact } from './facts';

/** A discount that could apply: active, in its window, conditions met, plans attached, with the lines that it matches. */
export interface Candidate {
  readonly applies: true;
  readonly rule: DiscountRule;
  readonly taker: DiscountCalculator;
  readonly lines: readonly LinePart[];
  /** All the lines that it matches, in full. */
  readonly matching: readonly PricedLine[];
  /** 0 for a named customer, 1 for a group, 2 for all. */
  readonly recipientRank: number;
  /** Whether it applies only because the customer keeps it from an earlier redemption. */
  readonly byGrant: boolean;
  /** The grant that it applies by. */
  readonly grant: GrantFact | undefined;
  /** The first line that lacks the service that the discount would be kept for. */
  readonly lacking: string | undefined;
  readonly oncePerCustomer: boolean;
  /** The end that `until_end` uses, in milliseconds. */
  readonly coveredUntil: number | undefined;
  /** Why it gave way, once the candidates are combined. */
  loss: Loss | undefined;
  /** What it takes off the whole cart, setup fees included, in minor units, once the lines are priced. */
  taken: Integer;
  /** The lines that it takes something off, where their services will keep it. */
  readonly services: Set<string> | undefined;
}

/** Why a candidate gave way, and the promotion or global discount that it lost to. */
export interface Loss {
  readonly reason: Extract<Reason, 'outranked' | 'excluded'>;
  readonly blockedBy: string;
}
