import type { GrantFact } from '../../../src/engine/judging/facts';
import type { Combination } from '../../../src/engine/vocabulary/provider';
import type { Line } from '../cart';
import { Fraction } from '../fraction';
import { matchingLines, priorityOf, type Rule, recipientRank, type Setting, selectorRank } from '../rules';
import { Charges, linesTouched, type Taking, type Terms, take } from './taking';
import { hasSomethingToLose, selectedUnits } from './units';

/** A discount that competes, with what it would take from the full price. */
interface Candidate {
  rule: Rule;
  lines: readonly Line[];
  alone: readonly Taking[];
}

/** What a discount takes off a charge of a line, in the order in which discounts apply. */
export interface Applied extends Taking {
  rule: Rule;
}

/** Applies the discounts that are eligible to the cart: ranking, exclusivity, stacking groups, then the combination. */
export function combine(rules: readonly Rule[], combination: Combination, setting: Setting, terms: Terms): Applied[] {
  const full = Charges.full(terms.lines);
  const room = Charges.room(terms.lines);
  const competing = rules
    .map((rule): Candidate => {
      const lines = matchingLines(rule, terms.lines);
      return { rule, lines, alone: take(rule, lines, full, room, terms) };
    })
    .filter((candidate) => candidate.alone.length > 0);
  const all = oneRightEach(competing, terms);
  const candidates = withoutStacked(excluded(all, setting), combination, setting, terms);
  return combination === 'best'
    ? applyBest(candidates, setting, terms)
    : applyAll(candidates, combination, setting, terms);
}

// "First": priority, recipients, selector, saving, age.

type Saving = (candidate: Candidate) => Fraction;

function overCart({ alone }: Candidate): Fraction {
  return Fraction.sum(alone.map((taking) => taking.amount));
}

function onLine(line: Line): Saving {
  return ({ alone }) => Fraction.sum(alone.filter((taking) => taking.line === line).map((taking) => taking.amount));
}

function sorted(candidates: readonly Candidate[], saving: Saving, { request }: Setting): Candidate[] {
  return [...candidates].sort(
    (a, b) =>
      priorityOf(b.rule) - priorityOf(a.rule) ||
      (recipientRank(a.rule.discount, request) ?? 0) - (recipientRank(b.rule.discount, request) ?? 0) ||
      selectorRank(a.rule.discount) - selectorRank(b.rule.discount) ||
      ofAll(b, candidates, saving).compare(ofAll(a, candidates, saving)) ||
      (a.rule.discount.id === b.rule.discount.id
        ? byRight(a.rule, b.rule)
        : a.rule.discount.id < b.rule.discount.id
          ? -1
          : 1),
  );
}

/** Balances of one discount are spent one after the other: together they have the rank of the largest. */
function ofAll(candidate: Candidate, candidates: readonly Candidate[], saving: Saving): Fraction {
  const others = candidates.filter((other) => isOneDiscount(candidate, other));
  if (!others.some(({ rule }) => rule.grant?.balance !== undefined)) return saving(candidate);
  return others.map(saving).reduce((most, one) => Fraction.max(most, one), Fraction.ZERO);
}

function isOneDiscount(a: Candidate, b: Candidate): boolean {
  return a.rule.discount.id === b.rule.discount.id;
}

// Of an own right and grants of the same discount the larger saving applies, line by line; balances are all spent.

function oneRightEach(candidates: readonly Candidate[], terms: Terms): Candidate[] {
  const takenBy = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const rights = candidates.filter((other) => isOneDiscount(candidate, other));
    if (rights.length === 1 || rights.some(({ rule }) => rule.grant?.balance !== undefined)) continue;
    const isOrder = candidate.rule.discount.scope === 'order';
    for (const line of candidate.lines) {
      const saving = isOrder ? overCart : onLine(line);
      const first = rights
        .filter((right) => (isOrder ? selectedLines(right, terms).includes(line) : onLine(line)(right).isPositive()))
        .sort((a, b) => saving(b).compare(saving(a)) || byRight(a.rule, b.rule))[0];
      if (first !== undefined) takenBy.set(`${candidate.rule.discount.id} ${line.index}`, first);
    }
  }
  return candidates
    .map((candidate) => ({
      candidate,
      lines: candidate.lines.filter((line) => {
        const first = takenBy.get(`${candidate.rule.discount.id} ${line.index}`);
        return first === undefined || first === candidate;
      }),
    }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ candidate, lines }) => ({ ...candidate, lines }));
}

/** The own right, then grants that nothing is counted of (the later end first), then what ends first, then the older; balances before what is earned now. */
function byRight(a: Rule, b: Rule): number {
  const place = ({ grant }: Rule): number => {
    if (grant === undefined) return a.grant?.balance !== undefined || b.grant?.balance !== undefined ? 3 : 0;
    return grant.paymentsLeft === undefined && grant.balance === undefined ? 1 : 2;
  };
  if (place(a) !== place(b)) return place(a) - place(b);
  if (a.grant === undefined || b.grant === undefined) return 0;
  const end = ({ endsAt }: GrantFact): number => (endsAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(endsAt));
  const [one, other] = [end(a.grant), end(b.grant)];
  if (one !== other) return place(a) === 1 ? (one > other ? -1 : 1) : one < other ? -1 : 1;
  return a.grant.id < b.grant.id ? -1 : 1;
}

/** The lines that a discount has units of; a set may have units of any that have something to lose. */
function selectedLines({ rule, lines }: Candidate, terms: Terms): Line[] {
  if (rule.discount.value.type === 'set_price') return lines.filter((line) => hasSomethingToLose(rule.discount, line));
  const units = selectedUnits(rule, terms.lines);
  return lines.filter((line) => (units.get(line.index) ?? 0) > 0);
}

// "If a candidate's promotion is exclusive, only the exclusive promotion that comes first applies to the cart."

function excluded(candidates: readonly Candidate[], setting: Setting): Candidate[] {
  const exclusive = candidates.filter(({ rule }) => rule.promotion?.exclusive === true);
  const winner = sorted(exclusive, overCart, setting)[0]?.rule.promotion;
  return candidates.filter(({ rule }) => winner === undefined || rule.promotion === winner);
}

// "Of the candidates that share a stackingGroup only the first applies to a line."

function withoutStacked(
  candidates: readonly Candidate[],
  combination: Combination,
  setting: Setting,
  terms: Terms,
): Candidate[] {
  const isOutstacked = (candidate: Candidate, line: Line): boolean => {
    const group = candidate.rule.promotion?.stackingGroup;
    if (group === undefined) return false;
    // A right that has lost the line to another right of its discount applies there no more, and puts nobody out.
    const rivals = candidates.filter(
      (rival) =>
        rival.rule.promotion?.stackingGroup === group && rival.lines.includes(line) && onLine(line)(rival).isPositive(),
    );
    const first = sorted(rivals, combination === 'best' ? onLine(line) : overCart, setting)[0];
    return first !== undefined && !isOneDiscount(first, candidate);
  };
  return candidates
    .map((candidate) => ({ ...candidate, lines: candidate.lines.filter((line) => !isOutstacked(candidate, line)) }))
    .filter((candidate) => candidate.lines.length > 0 && terms.lines.length > 0);
}

// `best`: per line the first one only; order-scope discounts, in rank order, apply to what is left.

function applyBest(candidates: readonly Candidate[], setting: Setting, terms: Terms): Applied[] {
  const full = Charges.full(terms.lines);
  const room = Charges.room(terms.lines);
  const ofLines = candidates.filter(({ rule }) => rule.discount.scope !== 'order');
  const ofOrder = candidates.filter(({ rule }) => rule.discount.scope === 'order');
  const perLine = terms.lines.flatMap((line) => {
    const competing = ofLines.filter(
      (candidate) => candidate.lines.includes(line) && onLine(line)(candidate).isPositive(),
    );
    const first = sorted(competing, onLine(line), setting)[0];
    return first === undefined ? [] : applied(first.rule, take(first.rule, [line], full, room, terms));
  });
  return [...perLine, ...applyOrders(sorted(ofOrder, overCart, setting), perLine, terms)];
}

/** One that shares a line with an order discount that applies is out whole, and one that is out blocks nobody. */
function applyOrders(ranked: readonly Candidate[], perLine: readonly Applied[], terms: Terms): Applied[] {
  const full = Charges.full(terms.lines).without(perLine);
  const room = Charges.room(terms.lines).without(perLine);
  const held = new Map<Line, string>();
  let [left, rest] = [full, room];
  return ranked.flatMap(({ rule, lines }) => {
    const own = linesTouched(rule, lines, terms);
    if (own.some((line) => held.has(line) && held.get(line) !== rule.discount.id)) return [];
    const takings = take(rule, lines, left, rest, terms);
    // One that takes nothing does not apply.
    if (takings.length > 0) for (const line of own) held.set(line, rule.discount.id);
    [left, rest] = [left.without(takings), rest.without(takings)];
    return applied(rule, takings);
  });
}

// `sum`: all, each from the full price; `sequence`: all, in order, each from what the earlier ones left.

function applyAll(
  candidates: readonly Candidate[],
  combination: 'sum' | 'sequence',
  setting: Setting,
  terms: Terms,
): Applied[] {
  const full = Charges.full(terms.lines);
  let left = full;
  let room = Charges.room(terms.lines);
  return sorted(candidates, overCart, setting).flatMap(({ rule, lines }) => {
    const takings = take(rule, lines, combination === 'sum' ? full : left, room, terms);
    left = left.without(takings);
    room = room.without(takings);
    return applied(rule, takings);
  });
}

function applied(rule: Rule, takings: readonly Taking[]): Applied[] {
  return takings.map((taking) => ({ ...taking, rule }));
}
