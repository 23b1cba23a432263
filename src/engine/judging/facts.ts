import type { Amounts, Money } from '../money/money';
import type { GrantTerms } from '../rulebook/terms';
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
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
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

/** A discount that the request's customer keeps, or kept, because it was redeemed or was given by hand. */
export interface GrantFact {
  /** The grant. */
  id: string;
  /** Counts the writes of the grant; a redemption spends it as it was judged. */
  version: number;
  /** The discount. */
  discountId: string;
  /** The only service that it is kept for. */
  serviceId?: string;
  /** Inclusive start. */
  startsAt: Instant;
  /** Exclusive end; absent: as long as something is left. */
  endsAt?: Instant;
  /** Whether it was taken back. */
  isRevoked?: boolean;
  /** Whether it was given to this customer by hand. */
  isByHand?: boolean;
  /** For how many payments it holds; absent: for any number. */
  paymentsLeft?: number;
  /** How many payments it was given for. */
  payments?: number;
  /** The money that is left, where it is one with a balance. */
  balance?: Amounts;
  /** The money that was given. */
  credit?: Amounts;
  /** What it takes off; absent: what its discount takes off now. */
  terms?: GrantTerms;
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
  /** The redemption whose uses and grants do not count. */
  setAside?: string;
}

/** No code, no use, no grant. */
export const NO_FACTS: Facts = { codes: new Map(), usage: new Map(), grants: [], redeeming: false };

/** A use that a redemption counts: one row of the ledger. */
export interface Use {
  /** What is counted. */
  kind: 'promotion' | 'promotion_customer' | 'code' | 'code_customer' | 'budget' | 'grant';
  /** The promotion, global discount, promo code or grant. */
  subject: string;
  /** The customer, for the per-customer kinds. */
  customerId?: string;
  /** The currency, for `budget` and for the balance of a grant. */
  currency?: string;
  /** `"1"`, or the money where there is a currency. */
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
  /** The only service that it is kept for. */
  serviceId?: string;
  /** The quote's instant. */
  startsAt: Instant;
  /** Exclusive end; absent: as long as something is left. */
  endsAt?: Instant;
  /** For how many further payments. */
  payments?: number;
  /** The money that is left over. */
  balance?: Amounts;
  /** What it takes off. */
  terms: GrantTerms;
}
