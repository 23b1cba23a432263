import type { PricedCart } from '../cart/priced-cart';
import type { LinePart } from '../cart/priced-line';
import type { Candidate, Loss } from '../judging/candidate';
import { type Integer, quotientUp } from '../money/integer';
import { addTo } from '../vocabulary/lists';
import { Contender, noteLoss } from './contender';
import { type Deduction, RemainingPrices, savingOf } from './remaining-prices';
import { byRight, isSameDiscount, settleRights } from './rights';

/**
 * Combines the candidates by the provider's setting (`best`, `sum` or `sequence`) after exclusivity and stacking
 * groups. Returns what is taken in order of application, and records on each losing candidate why it lost.
 */
export function combine(cart: PricedCart, candidates: readonly Candidate[]): readonly Deduction[] {
  const ledger = new RemainingPrices(cart);
  const competing: Contender[] = [];
  for (const candidate of candidates) {
    const contender = new Contender(candidate, ledger);
    // A candidate that would save nothing does not compete.
    if (contender.saves) competing.push(contender);
  }
  const contenders = exclude(
    competing.some(({ candidate }) => candidate.byGrant) ? settleRights(competing) : competing,
  );
  if (cart.settings.combination === 'best') {
    stack(contenders, 'line');
    best(ledger, contenders);
  } else {
    stack(contenders, 'cart');
    const from = cart.settings.combination === 'sum' ? 'full' : 'left';
    for (const { candidate, lines } of contenders.sort(byRank)) ledger.apply(candidate, lines, from);
  }
  return ledger.takes;
}

/** Returns what a candidate would take off the cart if there were no other, in minor units, rounded up. */
export function savingAlone(cart: PricedCart, candidate: Candidate): Integer {
  return quotientUp(new Contender(candidate, new RemainingPrices(cart)).saving, 10);
}

/** With an exclusive candidate, only the exclusive promotion that comes first applies to the cart. */
function exclude(contenders: Contender[]): Contender[] {
  const winner = firstOf(contenders, isExclusive);
  if (winner === undefined) return contenders;
  return contenders.filter((contender) => {
    if (contender.candidate.rule.promotion === winner.candidate.rule.promotion) return true;
    lose(contender, winner, isExclusive(contender) ? 'outranked' : 'excluded');
    return false;
  });
}

function isExclusive({ candidate }: Contender): boolean {
  return candidate.rule.promotion?.exclusive ?? false;
}

/** A contender on one line. */
interface Bid {
  readonly contender: Contender;
  /** What it would take, where that is something. */
  readonly take: Deduction | undefined;
}

/** Of the candidates that share a stacking group only the first applies to a line, by what they save there or over the cart. */
function stack(contenders: readonly Contender[], saving: 'line' | 'cart'): void {
  const grouped = contenders.filter((contender) => groupOf(contender) !== undefined);
  if (grouped.length < 2) return;
  for (const [index, bids] of bidsByLine(grouped)) {
    const winners = new Map<string | undefined, Bid>();
    for (const bid of bids) {
      const group = groupOf(bid.contender);
      const winner = winners.get(group);
      if (bid.take !== undefined && (winner === undefined || precedes(bid, winner, saving))) winners.set(group, bid);
    }
    // An order discount whose part of the line is nothing gives way as well: the line must not count for it.
    for (const bid of bids) {
      const winner = winners.get(groupOf(bid.contender));
      if (winner === undefined || winner === bid || isSameDiscount(winner.contender, bid.contender)) continue;
      bid.contender.loseLine(index);
      lose(bid.contender, winner.contender, 'outranked');
    }
  }
}

function groupOf({ candidate }: Contender): string | undefined {
  return candidate.rule.promotion?.stackingGroup;
}

/** Who competes on each line, in the cart's order. */
function bidsByLine(contenders: readonly Contender[]): [index: number, bids: Bid[]][] {
  const lines = new Map<number, Bid[]>();
  for (const contender of contenders) {
    const takes = new Map(contender.takes.map((take) => [take.line, take]));
    for (const { line } of contender.lines) addTo(lines, line.index, { contender, take: takes.get(line) });
  }
  return [...lines].sort(([a], [b]) => a - b);
}

/** Returns whether `a` comes before `b`, by what they save on their line or over the cart. */
function precedes(a: Bid, b: Bid, saving: 'line' | 'cart'): boolean {
  if (saving === 'cart' || a.take === undefined || b.take === undefined) return byRank(a.contender, b.contender) < 0;
  return precedesOnLine(a.take, b.take);
}

/** Per line the first one only; order-scope discounts compete where they share a line, and apply to what is left. */
function best(ledger: RemainingPrices, contenders: readonly Contender[]): void {
  const winners: Deduction[] = [];
  for (const contender of contenders) {
    if (contender.isOrder) continue;
    for (const take of contender.takes) {
      const { index } = take.line;
      if (contender.hasLost(index)) continue;
      const winner = winners[index];
      if (winner === undefined || precedesOnLine(take, winner)) winners[index] = take;
    }
  }
  // What would be saved is measured before anything is taken off.
  const orders = contenders.filter((contender) => contender.isOrder && contender.lines.length > 0).sort(byRank);
  for (const contender of contenders) {
    if (contender.isOrder) continue;
    for (const take of contender.takes) {
      const winner = winners[take.line.index];
      // One discount per line, so what was measured from the full price holds.
      if (winner === take) ledger.take(take);
      else if (winner !== undefined) noteLoss(contender.candidate, winner.candidate, 'outranked');
    }
  }
  applyOrders(ledger, orders);
}

/**
 * Order discounts in rank order, from what is left: one that shares a line with an order discount that applies is out
 * whole, and one that is out blocks nobody.
 */
function applyOrders(ledger: RemainingPrices, ranked: readonly Contender[]): void {
  /** By line: the place in the ranking of the discount that has it. */
  const holders: number[] = [];
  for (let place = 0; place < ranked.length; place++) {
    const contender = ranked[place] as Contender;
    const parts = ranked.length === 1 ? contender.lines : ledger.partsOf(contender.candidate, contender.lines);
    const winner = ranked[firstHolder(ledger, contender, parts, { holders, ranked })];
    if (winner !== undefined) lose(contender, winner, 'outranked');
    else if (ledger.apply(contender.candidate, contender.lines, 'left') && place + 1 < ranked.length) {
      for (const part of parts) {
        if (ledger.touches(contender.candidate, part)) holders[part.line.index] = place;
      }
    }
  }
}

/** Returns the best place of those that have one of the lines that an order discount touches; none: -1. */
function firstHolder(
  ledger: RemainingPrices,
  contender: Contender,
  parts: readonly LinePart[],
  { holders, ranked }: { holders: readonly number[]; ranked: readonly Contender[] },
): number {
  let first = -1;
  const { candidate } = contender;
  for (const part of parts) {
    const holder = holders[part.line.index];
    if (holder === undefined || (first >= 0 && holder >= first) || !ledger.touches(candidate, part)) continue;
    // Two rights to the same discount do not compete.
    if (isSameDiscount(ranked[holder] as Contender, contender)) continue;
    if (holder === 0) return 0;
    first = holder;
  }
  return first;
}

function firstOf(contenders: readonly Contender[], isMeant: (contender: Contender) => boolean): Contender | undefined {
  let first: Contender | undefined;
  for (const contender of contenders) {
    if (isMeant(contender) && (first === undefined || byRank(contender, first) < 0)) first = contender;
  }
  return first;
}

function lose(loser: Contender, winner: Contender, reason: Loss['reason']): void {
  noteLoss(loser.candidate, winner.candidate, reason);
}

/** Sorts by what they save over the cart. */
function byRank(a: Contender, b: Contender): number {
  if (a === b) return 0;
  return (
    byRule(a.candidate, b.candidate) || bySaving(a.rankedSaving, b.rankedSaving) || byAge(a.candidate, b.candidate)
  );
}

function precedesOnLine(a: Deduction, b: Deduction): boolean {
  const order = byRule(a.candidate, b.candidate) || bySaving(savingOf(a), savingOf(b));
  return (order || byAge(a.candidate, b.candidate)) < 0;
}

/** Orders by higher priority, narrower recipients, narrower scope; then larger saving, then older id [ISP]. */
function byRule(a: Candidate, b: Candidate): number {
  return b.rule.priority - a.rule.priority || a.recipientRank - b.recipientRank || a.rule.rank - b.rule.rank;
}

function bySaving(a: Integer, b: Integer): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

function byAge(a: Candidate, b: Candidate): number {
  if (a.rule.id === b.rule.id) return byRight(a, b);
  return a.rule.id < b.rule.id ? -1 : 1;
}
