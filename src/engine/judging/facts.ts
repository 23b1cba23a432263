import type { Money } from '../money/money';
import type { Instant } from '../time/instant';
import type { Status } from '../vocabulary/resource';

/** A promo code as the store has it, with its uses. */
export interface CodeFact {
  /** The code as `normalizeCode` makes it. */
  code: string;
  /** The code's id. */
  id: string;
  /** Its promotion. */
  promotionId: string;
  /** Its own status. */
  status: Status;
  /** From this instant on. */
  startsAt?: Instant;
  /** Until before this instant. */
  endsAt?: Instant;
  /** Redemptions in all. */
  maxRedemptions?: number;
  /** Redemptions per customer. */
  maxRedemptionsPerCustomer?: number;
  /** The only customer who may use it. */
  customerId?: string;
  /** Redemptions and live holds. */
  redemptions: number;
  /** Those of the request's customer. */
  customerRedemptions: number;
}

/** How often a rule (a promotion, or a global discount) was used, live holds included. */
export interface Usage {
  /** Uses in all. */
  total: number;
  /** Uses by the request's customer. */
  customer: number;
  /** What it took off, per currency. */
  spent: { readonly [currency: string]: Money };
}

/** A discount that the request's customer keeps until `endsAt`, because it was redeemed with a validity. */
export interface GrantFact {
  /** The discount. */
  discountId: string;
  /** From this instant on. */
  startsAt: Instant;
  /** Until before this instant. */
  endsAt: Instant;
}

/** What the store knows beside the catalog; loaded before the engine runs. */
export interface Facts {
  /** The known codes of the request, by normalised code. */
  codes: ReadonlyMap<string, CodeFact>;
  /** Uses by id of the promotion or global discount; absent: never used. */
  usage: ReadonlyMap<string, Usage>;
  /** The customer's grants. */
  grants: readonly GrantFact[];
  /** Whether the quote is to be redeemed: then per-customer limits need a customer. */
  redeeming: boolean;
}

/** Which facts a request needs, so that the store reads no more. */
export interface FactsNeeded {
  /** Normalised codes. */
  codes: readonly string[];
  /** Promotions and global discounts that have limits and could apply. */
  rules: readonly string[];
  /** The request's customer. */
  customerId?: string;
}

/** No code, no use, no grant. */
export const NO_FACTS: Facts = { codes: new Map(), usage: new Map(), grants: [], redeeming: false };

/** A use that a redemption counts: one row of the ledger. */
export interface Use {
  /** What is counted. */
  kind: 'promotion' | 'promotion_customer' | 'code' | 'code_customer' | 'budget';
  /** The promotion, global discount or promo code. */
  subject: string;
  /** The customer, for the per-customer kinds. */
  customerId?: string;
  /** The currency, for `budget`. */
  currency?: string;
  /** `"1"`, or the money for `budget`. */
  amount: string;
  /** What the sum of all uses may not exceed; absent: unlimited. */
  limit?: string;
}

/** A grant that a redemption records. */
export interface GrantToRecord {
  /** The customer who keeps the discount. */
  customerId: string;
  /** The discount. */
  discountId: string;
  /** The quote's instant. */
  startsAt: Instant;
  /** Until before this instant. */
  endsAt: Instant;
}
