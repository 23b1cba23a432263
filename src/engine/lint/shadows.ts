import { parseMoney, parsePercent } from '../money/money';
import type { Discount } from '../rulebook/discount';
import type { Promotion } from '../rulebook/promotion';
import { parseInstant, type Window } from '../time/instant';
import { selectorRank } from '../vocabulary/keys';
import { isActive } from '../vocabulary/resource';
import { currenciesOfValue } from './currencies';
import { type Alternatives, groupsImply, groupsOf } from './groups';
import { type Check, type Finding, type LintedDiscount, type LintFacts, priorityOf, type RivalDiscount } from './rule';
import { selectorImplies } from './selectors';

/** Discounts that an exclusive promotion keeps out wherever they could apply. */
export const findShadowed: Check = ({ discounts }, { exclusives }) =>
  discounts.flatMap((discount) => {
    const shadow = exclusives.find((exclusive) => isShadowing(exclusive, discount, discounts));
    if (shadow === undefined) return [];
    const detail = `The exclusive promotion "${shadow.name}" (${shadow.id}) applies wherever this could, and keeps it out.`;
    return [{ pointer: discount.at, detail }];
  });

/** Order discounts that lose to the first of all, which shares their lines. */
export const findLosingOrderDiscounts: Check = ({ discounts }, facts) => {
  if (facts.combination !== 'best') return [];
  return discounts.flatMap((discount): Omit<Finding, 'code'>[] => {
    if (discount.discount.scope !== 'order') return [];
    const winner = winnerOver(discount, facts);
    if (winner === undefined) return [];
    const { name, id } = winner.discount;
    const detail = `The order discount "${name}" (${id}) comes first on every line that this one takes, so this one always loses.`;
    return [{ pointer: discount.at, detail }];
  });
};

/** The exclusive promotion that comes first applies alone. */
function isShadowing(exclusive: Promotion, discount: LintedDiscount, all: readonly LintedDiscount[]): boolean {
  const { promotion } = discount;
  if (exclusive.id === promotion?.id) return false;
  return exclusive.discounts.some((other) => {
    const rival = { discount: other, promotion: exclusive };
    if (!isThereWhenever(rival, discount)) return false;
    // Of exclusive promotions one may win by any of its discounts.
    return !promotion?.exclusive || all.every((one) => priorityOf(rival) > priorityOf(one));
  });
}

/**
 * Returns the order discount that comes before all others, if this one is among them. Of others that come between, one
 * that shares no line with this one could keep out the winner alone.
 */
function winnerOver(loser: LintedDiscount, { orderDiscounts, otherPriorities }: LintFacts): RivalDiscount | undefined {
  const rivals = orderDiscounts.filter(({ discount }) => discount.id !== loser.discount.id);
  const winner = rivals.find((rival) => rivals.every((other) => other === rival || precedes(rival, other)));
  if (winner === undefined || priorityOf(winner) <= otherPriorities) return undefined;
  const { discount, promotion } = winner;
  if (promotion?.stackingGroup !== undefined || discount.maxUnits !== undefined) return undefined;
  if (loser.promotion?.exclusive && loser.promotion.id !== promotion?.id) return undefined;
  return precedes(winner, loser) && isThereWhenever(winner, loser) ? winner : undefined;
}

/** Returns whether a discount comes before another one on every cart that both are for. */
function precedes(one: RivalDiscount, other: RivalDiscount): boolean {
  const [own, others] = [priorityOf(one), priorityOf(other)];
  if (own !== others) return own > others;
  if (one.discount.recipients !== undefined || other.discount.recipients !== undefined) return false;
  const [rank, otherRank] = [selectorRank(one.discount.selector), selectorRank(other.discount.selector)];
  if (rank !== otherRank) return rank < otherRank;
  return selectorImplies(other.discount.selector, one.discount.selector) && savesMore(one.discount, other.discount);
}

function savesMore({ value }: Discount, { value: other, maxUnits, buy }: Discount): boolean {
  if (maxUnits !== undefined || buy !== undefined) return false;
  if (value.type !== 'percent' || other.type !== 'percent' || value.cap !== undefined) return false;
  const [own, others] = [parsePercent(value.percent), parsePercent(other.percent)];
  return BigInt(own.num) * BigInt(others.den) > BigInt(others.num) * BigInt(own.den);
}

/** Returns whether a discount applies and takes something off wherever the other one could. */
function isThereWhenever(rival: RivalDiscount, other: LintedDiscount): boolean {
  const { discount, promotion } = rival;
  const groups = conditionsOf(rival);
  const isKept = keeps(other.discount);
  return (
    isActive(discount) &&
    takesAlways(discount, other.discount) &&
    (promotion === undefined || isUnlimited(promotion)) &&
    covers(windowOf(rival), windowOf(other)) &&
    isAttached(promotion, other) &&
    selectorImplies(other.discount.selector, discount.selector) &&
    groups.flat().every(({ condition: { type } }) => type !== 'promo_code' && type !== 'purchase') &&
    groupsImply(conditionsOf(other), groups) &&
    // What customers keep applies without its conditions, and beyond its window.
    (!isKept || (groups.length === 0 && windowOf(rival).endsAt === undefined))
  );
}

function isUnlimited(promotion: Promotion): boolean {
  return isActive(promotion) && promotion.limits === undefined;
}

/** Returns whether it takes something off each line where the other one could, whatever the amounts. */
function takesAlways(discount: Discount, other: Discount): boolean {
  const { value, recipients, buy, payments, carryOver, keptFor, coverage } = discount;
  if (recipients !== undefined || buy !== undefined || coverage === 'until_end') return false;
  if (payments !== undefined || carryOver || keptFor === 'service') return false;
  const charges = discount.charges ?? ['recurring'];
  if (!(other.charges ?? ['recurring']).every((charge) => charges.includes(charge))) return false;
  if (value.type === 'percent') return value.cap === undefined;
  const currencies = currenciesOfValue(other.value);
  return (
    value.type === 'amount_off' &&
    currencies !== undefined &&
    [...currencies].every((currency) => parseMoney(value.amounts[currency] ?? '0') > 0)
  );
}

function keeps({ validity, payments, carryOver }: Discount): boolean {
  return validity !== undefined || payments !== undefined || carryOver === true;
}

/** Returns whether the lines that the other one could take are of plans that the promotion is attached to. */
function isAttached(promotion: Promotion | undefined, { discount, promotion: own }: LintedDiscount): boolean {
  if (promotion?.plans === undefined) return true;
  const plans = new Set(promotion.plans);
  return [own?.plans, discount.selector?.plans].some((list) => list?.every((plan) => plans.has(plan)));
}

function conditionsOf({ discount, promotion }: RivalDiscount): Alternatives[] {
  return [
    ...groupsOf(promotion?.conditions, ''),
    ...groupsOf(discount.conditions, '', promotion === undefined ? 'one' : 'each'),
  ];
}

/** Returns the part of its promotion's window that is in the discount's own. */
function windowOf({ discount, promotion }: RivalDiscount): Window {
  const starts = [discount.startsAt, promotion?.startsAt].filter((at) => at !== undefined).map(parseInstant);
  const ends = [discount.endsAt, promotion?.endsAt].filter((at) => at !== undefined).map(parseInstant);
  return {
    startsAt: starts.length === 0 ? undefined : Math.max(...starts),
    endsAt: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

function covers(wide: Window, narrow: Window): boolean {
  const begins = wide.startsAt === undefined || (narrow.startsAt !== undefined && wide.startsAt <= narrow.startsAt);
  const ends = wide.endsAt === undefined || (narrow.endsAt !== undefined && wide.endsAt >= narrow.endsAt);
  return begins && ends;
}
