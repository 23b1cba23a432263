import type { LinePart, PricedCart, PricedLine } from '../cart/priced-cart';
import type { RuleContext } from '../conditions/condition';
import { ELIGIBLE, type Eligible, missingFact, type Refusal, refusal } from '../conditions/eligibility';
import { type ConditionGroup, judgeGroups } from '../conditions/groups';
import type { DiscountCalculator } from '../discount-values/discount-value';
import { ONE } from '../money/fraction';
import type { Integer } from '../money/integer';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import { addPeriod } from '../time/calendar';
import { isWithin, LAST_INSTANT } from '../time/instant';
import type { Reason } from '../vocabulary/reasons';
import type { Facts, GrantFact } from './facts';
import { type Keeping, keepingOf, openLines, plainEnd, type RunningGrant, serviceOf } from './kept';
import { selectUnits } from './units';

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

/** What judging needs beside the cart. */
export interface JudgingContext {
  readonly cart: PricedCart;
  readonly facts: Facts;
  /** The promotions whose budget this cart would overdraw. */
  readonly overdrawn: ReadonlySet<string>;
  /** Conditions of a promotion that are taken as met, to see what it would do. */
  readonly assumed: ConditionGroup | undefined;
}

/** Judges a promotion, `hasCode` telling whether one of its codes takes a place. */
export function judgePromotion(rule: PromotionRule, hasCode: boolean, judging: JudgingContext): Eligible | Refusal {
  const { cart, facts, overdrawn } = judging;
  const { plans, limits } = rule;
  if (!rule.isActive) return refusal('promotion_inactive');
  if (!isWithin(rule, cart.at)) return refusal('outside_window');
  if (plans !== undefined && !cart.lines.some(({ plan }) => plan !== undefined && plans.has(plan))) {
    return refusal('plan_not_attached');
  }
  const standing = judgeConditions(rule.groups, rule, hasCode, judging);
  if (!standing.applies || limits === undefined) return standing;
  const { total, perCustomer, budget } = limits;
  const { id } = rule;
  const usage = facts.usage.get(id);
  if (total !== undefined && (usage?.total ?? 0) >= total) return refusal('limit_reached');
  if (perCustomer !== undefined) {
    if (cart.customer?.id === undefined && facts.redeeming) return refusal('missing_fact');
    if (cart.customer?.id !== undefined && (usage?.customer ?? 0) >= perCustomer) return refusal('limit_reached');
  }
  if (budget !== undefined && !Object.hasOwn(budget, cart.currency)) return refusal('currency_not_priced');
  return overdrawn.has(id) ? refusal('budget_spent') : standing;
}

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
function judgeRights(
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

/** Returns the lines that a discount matches, of plans that its promotion is attached to. */
function attachedLines({ finder, promotion }: DiscountRule, cart: PricedCart): readonly PricedLine[] | Refusal {
  const matching = finder.find(cart);
  if (matching.length === 0) return refusal('no_matching_line');
  const plans = promotion?.plans;
  if (plans === undefined) return matching;
  const attached = matching.filter(({ plan }) => plan !== undefined && plans.has(plan));
  return attached.length === 0 ? refusal('plan_not_attached') : attached;
}

function isFound(lines: readonly PricedLine[] | Refusal): lines is readonly PricedLine[] {
  return Array.isArray(lines);
}

/** Returns the fact that a redemption needs of who will keep the discount, where the request lacks it. */
function lackingFact({ source }: DiscountRule, lines: readonly PricedLine[], cart: PricedCart): string | undefined {
  if (source.carryOver && cart.customer?.id === undefined) return '/customer/id';
  if (source.keptFor !== 'service') return undefined;
  const line = lines.find((one) => serviceOf(one, cart) === undefined);
  return line && `/lines/${line.index}/serviceId`;
}

function selectLines(
  rule: DiscountRule,
  matching: readonly PricedLine[],
  until: number | undefined,
  { lines, wholeLines, coverage }: PricedCart,
): readonly LinePart[] {
  if (!rule.selectsUnits && until === undefined) {
    return matching === lines ? wholeLines : matching.map(({ index }) => wholeLines[index] as LinePart);
  }
  return selectUnits(rule, matching, lines).map(({ line, units }) => ({
    line,
    units,
    share: until === undefined ? ONE : coverage(line, until),
  }));
}

/** Judges rules of one cart, with the promotions whose code is valid and in the request. */
export class RuleJudge {
  /** Of promotions with several discounts, so that each is judged once. */
  #standings: Map<PromotionRule, Eligible | Refusal> | undefined;

  constructor(
    private readonly judging: JudgingContext,
    private readonly withCode: ReadonlySet<string>,
  ) {}

  /** Returns how a promotion stands. */
  promotion(rule: PromotionRule): Eligible | Refusal {
    if (rule.isSingle) return judgePromotion(rule, this.#opens(rule), this.judging);
    this.#standings ??= new Map();
    const standing = this.#standings.get(rule) ?? judgePromotion(rule, this.#opens(rule), this.judging);
    this.#standings.set(rule, standing);
    return standing;
  }

  /** Returns how a discount stands. */
  discount(rule: DiscountRule): Candidate | Refusal {
    const { promotion } = rule;
    const hasCode = promotion !== undefined && this.#opens(promotion);
    return judgeDiscount(rule, hasCode, promotion && this.promotion(promotion), this.judging);
  }

  /** Adds every right by which a discount could apply. */
  collect(rule: DiscountRule, into: Candidate[]): void {
    if (this.judging.facts.grants.length === 0) {
      const judged = this.discount(rule);
      if (judged.applies) into.push(judged);
      return;
    }
    const { promotion } = rule;
    const hasCode = promotion !== undefined && this.#opens(promotion);
    const { own, kept } = judgeRights(rule, hasCode, promotion && this.promotion(promotion), this.judging);
    for (const judged of [own, ...kept]) if (judged.applies) into.push(judged);
  }

  #opens({ id }: PromotionRule): boolean {
    return this.withCode.size > 0 && this.withCode.has(id);
  }
}

/** Returns the end of the grant that redeeming a discount now would record, in milliseconds; none is later than can be written. */
export function grantEnd({ source }: DiscountRule, cart: PricedCart): number | undefined {
  return source.validity && Math.min(LAST_INSTANT, addPeriod(cart.at, source.validity, cart.timeZone));
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

/** Judges conditions in the context of the promotion, or global discount, whose uses count. */
function judgeConditions(
  groups: readonly ConditionGroup[],
  counting: PromotionRule | DiscountRule,
  hasCode: boolean,
  { cart, facts, assumed }: JudgingContext,
): Eligible | Refusal {
  if (groups.length === 0) return ELIGIBLE;
  const asked = assumed === undefined ? groups : groups.filter((group) => group !== assumed);
  return judgeGroups(asked, cart, contextOf(counting, hasCode, facts));
}

/** Returns what conditions may know of the promotion, or global discount, that they belong to. */
export function contextOf(
  { id, startsAt, endsAt }: PromotionRule | DiscountRule,
  hasCode: boolean,
  { usage, redeeming }: Facts,
): RuleContext {
  return { hasCode, startsAt, endsAt, customerUses: usage.get(id)?.customer ?? 0, redeeming };
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
