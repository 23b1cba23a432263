import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import { type Eligible, missingFact, type Refusal, refusal } from '../conditions/eligibility';
import type { DiscountCalculator } from '../discount-values/discount-value';
import type { DiscountRule } from '../rulebook/rules';
import { isWithin } from '../time/instant';
import type { Candidate } from './candidate';
import { grantEnd, type Keeping, keepingOf, openLines, plainEnd, type RunningGrant, serviceOf } from './kept';
import { attachedLines, isFound, lackingFact, selectLines } from './matching';
import { type JudgingContext, judgeConditions } from './promotions';

/** Judges a discount by its first right; `standing` is its promotion's, absent for a global discount. */
export function judgeDiscount(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | Refusal | undefined,
  judging: JudgingContext,
): Candidate | Refusal {
  if (judging.facts.grants.length === 0) return judgeOwnRight(rule, hasCode, standing, NO_GRANTS, judging);
  const { own, kept } = judgeRights(rule, hasCode, standing, judging);
  return own.applies ? own : (kept.find(({ applies }) => applies) ?? kept[0] ?? own);
}

/** Returns every right by which a discount could apply: its own one, and those of the customer's grants. */
export function judgeRights(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | Refusal | undefined,
  judging: JudgingContext,
): { own: Candidate | Refusal; kept: (Candidate | Refusal)[] } {
  const keeping = keepingOf(rule, judging.facts, judging.cart);
  const own = judgeOwnRight(rule, hasCode, standing, keeping, judging);
  // A grant beside the same own right adds nothing: the later end already counts.
  const isCovered = own.applies && own.lacking === undefined;
  const running = isCovered ? keeping.running.filter(({ isPlain }) => !isPlain) : keeping.running;
  return { own, kept: running.map((one) => judgeGrant(rule, one, judging.cart)) };
}

const NO_GRANTS: Keeping = { grants: [], running: [] };

function judgeOwnRight(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | Refusal | undefined,
  { grants, running }: Keeping,
  judging: JudgingContext,
): Candidate | Refusal {
  const { cart } = judging;
  const rank = recipientRank(rule.recipients, cart);
  if (rank === undefined) return refusal('not_recipient');
  const right = standing?.applies === false ? standing : standingOf(rule, hasCode, standing, judging);
  if (!right.applies) return right;
  const taker = rule.takers.forCurrency(cart.currency);
  if (taker === undefined) return refusal('currency_not_priced');
  const attached = attachedLines(rule, cart);
  if (!isFound(attached)) return attached;
  // A customer who has or had the grant has no other right to the discount, unless a code gives one.
  const open = grants.length === 0 || hasCode ? attached : openLines(rule, attached, grants, cart);
  if (open.length === 0) return refusal('limit_reached');
  const lacking = judging.facts.redeeming ? lackingFact(rule, open, cart) : undefined;
  const matching = lacking === undefined ? open : open.filter((line) => serviceOf(line, cart) !== undefined);
  if (lacking !== undefined && (matching.length === 0 || rule.source.carryOver)) return missingFact(lacking);
  // A kept discount is never worth less because its promotion still applies: the later end counts.
  const until = rule.untilEnd ? Math.max(endOf(rule, cart), plainEnd(running)) : Number.POSITIVE_INFINITY;
  const covered = Number.isFinite(until) ? until : undefined;
  const settled = settledFor(rule, taker, cart, matching);
  if (settled !== taker && isRefusal(settled)) return settled;
  return {
    applies: true,
    rule,
    taker: settled,
    lines: selectLines(rule, matching, covered, cart),
    matching,
    recipientRank: rank,
    byGrant: false,
    grant: undefined,
    lacking,
    oncePerCustomer: right.oncePerCustomer,
    coveredUntil: covered,
    loss: undefined,
    taken: 0,
    services: rule.keptForServices ? new Set() : undefined,
  };
}

/** Under a grant the discount has the grant's terms, and a customer who was given it by hand is its recipient. */
function judgeGrant(
  discount: DiscountRule,
  { rule, grant, endsAt }: RunningGrant,
  cart: PricedCart,
): Candidate | Refusal {
  const rank = recipientRank(discount.recipients, cart) ?? (grant.isByHand ? 0 : undefined);
  if (rank === undefined) return refusal('not_recipient');
  const taker = rule.takers.forCurrency(cart.currency);
  if (taker === undefined) return refusal('currency_not_priced');
  const attached = attachedLines(rule, cart);
  if (!isFound(attached)) return attached;
  const { serviceId } = grant;
  const matching = serviceId === undefined ? attached : attached.filter((line) => serviceOf(line, cart) === serviceId);
  if (matching.length === 0) return refusal('no_matching_line');
  const covered = rule.untilEnd && Number.isFinite(endsAt) ? endsAt : undefined;
  const settled = settledFor(rule, taker, cart, matching);
  if (settled !== taker && isRefusal(settled)) return settled;
  return {
    applies: true,
    rule,
    taker: settled,
    lines: selectLines(rule, matching, covered, cart),
    matching,
    recipientRank: rank,
    byGrant: true,
    grant,
    lacking: undefined,
    oncePerCustomer: false,
    coveredUntil: covered,
    loss: undefined,
    taken: 0,
    services: undefined,
  };
}

/** Returns what a value takes off these lines of a cart, where that depends on the cart; an expression may fail on them. */
function settledFor(
  { custom }: DiscountRule,
  taker: DiscountCalculator,
  cart: PricedCart,
  lines: readonly PricedLine[],
): DiscountCalculator | Refusal {
  // What a calculator lacks is slow to look for, so the rule says that it is none of the provider's.
  if (custom === undefined || taker.settle === undefined) return taker;
  const outcome = taker.settle(cart, lines);
  if (outcome.kind === 'found') return outcome.value;
  return outcome.kind === 'missing_fact' ? missingFact(outcome.pointer) : refusal(outcome.kind);
}

function isRefusal(settled: DiscountCalculator | Refusal): settled is Refusal {
  return 'applies' in settled;
}

/** Own window and conditions; those of a promotion's discount come on top of the promotion's. */
function standingOf(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | undefined,
  judging: JudgingContext,
): Eligible | Refusal {
  if (!rule.isActive) return refusal('promotion_inactive');
  if (!isWithin(rule, judging.cart.at)) return refusal('outside_window');
  const own = judgeConditions(rule.groups, rule.promotion ?? rule, hasCode, judging);
  return own.applies && standing?.oncePerCustomer ? standing : own;
}

function recipientRank(recipients: DiscountRule['recipients'], { customer }: PricedCart): number | undefined {
  if (recipients?.customers === undefined && recipients?.groups === undefined) return 2;
  if (customer?.id !== undefined && recipients.customers?.includes(customer.id)) return 0;
  return recipients.groups?.some((group) => customer?.groups?.includes(group)) ? 1 : undefined;
}

function endOf(rule: DiscountRule, cart: PricedCart): number {
  const own = grantEnd(rule, cart);
  if (own !== undefined) return own;
  return rule.endsAt ?? rule.promotion?.endsAt ?? Number.POSITIVE_INFINITY;
}
