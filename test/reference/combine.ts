import type { Combination } from '../../src/engine/vocabulary/provider';
import type { Line } from './cart';
import { Fraction } from './fraction';
import { matchingLines, priorityOf, type Rule, recipientRank, type Setting, selectorRank } from './rules';
import { Charges, linesTouched, type Taking, type Terms, take } from './taking';

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
  const all = rules
    .map((rule): Candidate => {
      const lines = matchingLines(rule, terms.lines);
      return { rule, lines, alone: take(rule, lines, full, room, terms) };
    })
    .filter((candidate) => candidate.alone.length > 0);
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
      saving(b).compare(saving(a)) ||
      (a.rule.discount.id < b.rule.discount.id ? -1 : 1),
  );
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
    const rivals = candidates.filter(
      (rival) => rival.rule.promotion?.stackingGroup === group && onLine(line)(rival).isPositive(),
    );
    const first = sorted(rivals, combination === 'best' ? onLine(line) : overCart, setting)[0];
    return first !== undefined && first !== candidate;
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
  const held = new Set<Line>();
  return ranked.flatMap(({ rule, lines }) => {
    const own = linesTouched(rule, lines, terms);
    if (own.some((line) => held.has(line))) return [];
    const takings = take(rule, lines, full, room, terms);
    // One that takes nothing does not apply.
    if (takings.length > 0) for (const line of own) held.add(line);
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
