import type { Reason } from './answer';
import type { Candidate, CandidateLine } from './candidates';
import { Ledger, type Take } from './ledger';
import type { PricedCart } from './priced-cart';

/** What became of the candidates of a cart. */
export interface Combined {
  /** What is taken, in the order of application. */
  readonly takes: readonly Take[];
  /** For a candidate that lost: why, and the promotion or global discount that it lost to. */
  readonly losses: ReadonlyMap<Candidate, Loss>;
}

/** Why a candidate gave way. */
export interface Loss {
  readonly reason: Extract<Reason, 'outranked' | 'excluded'>;
  readonly blockedBy: string;
}

/** A candidate on the way to its lines: those that it has not lost to another one. */
interface Contender {
  readonly candidate: Candidate;
  readonly takes: readonly Take[];
  /** What it would save from the full price, in ticks: over the cart, and per line. */
  readonly saving: bigint;
  readonly savings: ReadonlyMap<number, bigint>;
  readonly lines: Map<number, CandidateLine>;
}

/** Combines the candidates as the provider wants it: `best`, `sum` or `sequence`, after exclusivity and stacking groups. */
export function combine(cart: PricedCart, candidates: readonly Candidate[]): Combined {
  const losses = new Map<Candidate, Loss>();
  const ledger = new Ledger(cart);
  const contenders = exclude(
    candidates.map((candidate) => contend(ledger, candidate)).filter(({ saving }) => saving > 0n),
    losses,
  );
  if (cart.settings.combination === 'best') {
    stack(contenders, savingOnLine, losses);
    best(ledger, contenders, losses);
    return { takes: ledger.takes, losses };
  }
  stack(contenders, savingOverCart, losses);
  const from = cart.settings.combination === 'sum' ? 'full' : 'left';
  for (const { candidate, lines } of contenders.sort(first(savingOverCart))) {
    ledger.apply(candidate, [...lines.values()], from);
  }
  return { takes: ledger.takes, losses };
}

/** The id that answers name a rule by when another one lost to it: its promotion's, or a global discount's own. */
export function ruleId({ rule }: Candidate): string {
  return rule.promotion?.source.id ?? rule.source.id;
}

/** A candidate that would save nothing on a line does not compete there; an order discount still counts the line in. */
function contend(ledger: Ledger, candidate: Candidate): Contender {
  const takes = ledger.measure(candidate, candidate.lines, 'full');
  const savings = new Map<number, bigint>();
  let saving = 0n;
  for (const { line, recurring, setup } of takes) {
    savings.set(line.index, recurring + setup);
    saving += recurring + setup;
  }
  const isOrder = candidate.rule.source.scope === 'order';
  const lines = new Map<number, CandidateLine>();
  for (const entry of candidate.lines) {
    if (isOrder || savings.has(entry.line.index)) lines.set(entry.line.index, entry);
  }
  return { candidate, takes, saving, savings, lines };
}

/** With an exclusive candidate, only the exclusive promotion that comes first applies to the cart. */
function exclude(contenders: readonly Contender[], losses: Map<Candidate, Loss>): Contender[] {
  const [winner] = contenders.filter(isExclusive).sort(first(savingOverCart));
  if (winner === undefined) return [...contenders];
  return contenders.filter((contender) => {
    if (contender.candidate.rule.promotion === winner.candidate.rule.promotion) return true;
    lose(contender, winner, isExclusive(contender) ? 'outranked' : 'excluded', losses);
    return false;
  });
}

function isExclusive({ candidate }: Contender): boolean {
  return candidate.rule.promotion?.source.exclusive ?? false;
}

/** Of the candidates that share a stacking group only the first applies to a line. */
function stack(contenders: readonly Contender[], saving: Saving, losses: Map<Candidate, Loss>): void {
  const grouped = contenders.filter((contender) => groupOf(contender) !== undefined);
  if (grouped.length < 2) return;
  for (const [index, present] of byLine(grouped)) {
    const winners = new Map<string | undefined, Contender>();
    for (const contender of present.filter(({ savings }) => savings.has(index)).sort(first(saving, index))) {
      if (!winners.has(groupOf(contender))) winners.set(groupOf(contender), contender);
    }
    // An order discount whose part of the line is nothing gives way as well: the line must not count for it.
    for (const contender of present) {
      const winner = winners.get(groupOf(contender));
      if (winner !== undefined && winner !== contender) loseLine(contender, winner, index, losses);
    }
  }
}

function groupOf({ candidate }: Contender): string | undefined {
  return candidate.rule.promotion?.source.stackingGroup;
}

/** Per line the first one only; of the order-scope discounts the first one, from what is left. */
function best(ledger: Ledger, contenders: readonly Contender[], losses: Map<Candidate, Loss>): void {
  const perLine = contenders.filter((contender) => !isOrderScope(contender));
  for (const [index, competing] of byLine(perLine)) {
    const [winner, ...others] = competing.sort(first(savingOnLine, index));
    for (const other of others) if (winner !== undefined) loseLine(other, winner, index, losses);
  }
  // One discount per line, so what was measured from the full price holds.
  for (const { takes, lines } of perLine.sort(first(savingOverCart))) {
    for (const take of takes) if (lines.has(take.line.index)) ledger.take(take);
  }
  const [winner, ...others] = contenders
    .filter((contender) => isOrderScope(contender) && contender.lines.size > 0)
    .sort(first(savingOverCart));
  if (winner === undefined) return;
  for (const other of others) lose(other, winner, 'outranked', losses);
  ledger.apply(winner.candidate, [...winner.lines.values()], 'left');
}

function isOrderScope({ candidate }: Contender): boolean {
  return candidate.rule.source.scope === 'order';
}

/** The contenders that are left on each line, in the cart's order. */
function byLine(contenders: readonly Contender[]): [index: number, present: Contender[]][] {
  const lines = new Map<number, Contender[]>();
  for (const contender of contenders) {
    for (const index of contender.lines.keys()) {
      const present = lines.get(index);
      if (present === undefined) lines.set(index, [contender]);
      else present.push(contender);
    }
  }
  return [...lines].sort(([a], [b]) => a - b);
}

function loseLine(loser: Contender, winner: Contender, index: number, losses: Map<Candidate, Loss>): void {
  loser.lines.delete(index);
  lose(loser, winner, 'outranked', losses);
}

function lose({ candidate }: Contender, winner: Contender, reason: Loss['reason'], losses: Map<Candidate, Loss>): void {
  if (!losses.has(candidate)) losses.set(candidate, { reason, blockedBy: ruleId(winner.candidate) });
}

type Saving = (contender: Contender, index: number) => bigint;

const savingOverCart: Saving = ({ saving }) => saving;
const savingOnLine: Saving = ({ savings }, index) => savings.get(index) ?? 0n;

/** Orders by higher priority, narrower recipients, narrower scope, larger saving, older id [ISP]. */
function first(saving: Saving, index = 0): (a: Contender, b: Contender) => number {
  return (a, b) => {
    const [left, right] = [a.candidate, b.candidate];
    const bySaving = saving(b, index) - saving(a, index);
    return (
      right.rule.priority - left.rule.priority ||
      left.recipientRank - right.recipientRank ||
      left.rule.rank - right.rule.rank ||
      (bySaving === 0n ? 0 : bySaving > 0n ? 1 : -1) ||
      (left.rule.source.id < right.rule.source.id ? -1 : 1)
    );
  };
}
