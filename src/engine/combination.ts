import type { Candidate, CandidateLine, Loss } from './candidates';
import { add, type Integer } from './integer';
import { Ledger, type Take } from './ledger';
import type { PricedCart } from './priced-cart';

/** A candidate on the way to one line. */
interface Bid {
  readonly contender: Contender;
  readonly entry: CandidateLine;
  /** What it would take from the full price, where that is something. */
  readonly take: Take | undefined;
  readonly saving: Integer;
  lost: boolean;
}

/** A candidate on the way to its lines. What it would save is measured where it is asked, for an order discount is seldom asked. */
class Contender {
  readonly isOrder: boolean;
  #takes: readonly Take[] | undefined;
  #saving: Integer | undefined;
  #bids: Bid[] | undefined;

  constructor(
    readonly candidate: Candidate,
    private readonly ledger: Ledger,
  ) {
    this.isOrder = candidate.rule.source.scope === 'order';
  }

  /** What it would take from the full price. */
  get takes(): readonly Take[] {
    this.#takes ??= this.ledger.measure(this.candidate, this.candidate.lines, 'full');
    return this.#takes;
  }

  /** What it would save over the cart from the full price, in ticks. */
  get saving(): Integer {
    if (this.#saving === undefined) {
      this.#saving = 0;
      for (const { recurring, setup } of this.takes) this.#saving = add(this.#saving, add(recurring, setup));
    }
    return this.#saving;
  }

  /** Whether it would save anything. */
  get saves(): boolean {
    return this.isOrder ? this.ledger.takesOffOrder(this.candidate) : this.takes.length > 0;
  }

  /** Where it competes: on the lines that it would save something on; an order discount counts all of its lines in. */
  get bids(): readonly Bid[] {
    this.#bids ??= this.#makeBids();
    return this.#bids;
  }

  /** The lines that it has not lost. */
  get lines(): readonly CandidateLine[] {
    if (this.#bids === undefined && this.isOrder) return this.candidate.lines;
    return this.bids.filter(({ lost }) => !lost).map(({ entry }) => entry);
  }

  #makeBids(): Bid[] {
    const bids: Bid[] = [];
    // Both lists are in the order of the candidate's lines.
    let next = 0;
    for (const entry of this.candidate.lines) {
      const take = this.takes[next]?.line === entry.line ? this.takes[next] : undefined;
      if (take !== undefined) {
        next += 1;
        bids.push({ contender: this, entry, take, saving: add(take.recurring, take.setup), lost: false });
      } else if (this.isOrder) bids.push({ contender: this, entry, take, saving: 0, lost: false });
    }
    return bids;
  }
}

/**
 * Combines the candidates as the provider wants it: `best`, `sum` or `sequence`, after exclusivity and stacking groups.
 * Answers what is taken in the order of application, and notes at each candidate that gave way why.
 */
export function combine(cart: PricedCart, candidates: readonly Candidate[]): readonly Take[] {
  const ledger = new Ledger(cart);
  const competing: Contender[] = [];
  for (const candidate of candidates) {
    const contender = new Contender(candidate, ledger);
    // A candidate that would save nothing does not compete.
    if (contender.saves) competing.push(contender);
  }
  const contenders = exclude(competing);
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

/** The id that answers name a rule by when another one lost to it: its promotion's, or a global discount's own. */
export function ruleId({ rule }: Candidate): string {
  return rule.promotion?.source.id ?? rule.source.id;
}

/** With an exclusive candidate, only the exclusive promotion that comes first applies to the cart. */
function exclude(contenders: Contender[]): Contender[] {
  const [winner] = contenders.filter(isExclusive).sort(byRank);
  if (winner === undefined) return contenders;
  return contenders.filter((contender) => {
    if (contender.candidate.rule.promotion === winner.candidate.rule.promotion) return true;
    lose(contender, winner, isExclusive(contender) ? 'outranked' : 'excluded');
    return false;
  });
}

function isExclusive({ candidate }: Contender): boolean {
  return candidate.rule.promotion?.source.exclusive ?? false;
}

/** Of the candidates that share a stacking group only the first applies to a line. */
function stack(contenders: readonly Contender[], saving: 'line' | 'cart'): void {
  const grouped = contenders.filter((contender) => groupOf(contender) !== undefined);
  if (grouped.length < 2) return;
  for (const present of byLine(grouped)) {
    const winners = new Map<string | undefined, Bid>();
    for (const bid of present) {
      const group = groupOf(bid.contender);
      const winner = winners.get(group);
      if (bid.take !== undefined && (winner === undefined || precedes(bid, winner, saving))) winners.set(group, bid);
    }
    // An order discount whose part of the line is nothing gives way as well: the line must not count for it.
    for (const bid of present) {
      const winner = winners.get(groupOf(bid.contender));
      if (winner !== undefined && winner !== bid) loseLine(bid, winner);
    }
  }
}

function groupOf({ candidate }: Contender): string | undefined {
  return candidate.rule.promotion?.source.stackingGroup;
}

/** Per line the first one only; of the order-scope discounts the first one, from what is left. */
function best(ledger: Ledger, contenders: readonly Contender[]): void {
  const perLine = contenders.filter(({ isOrder }) => !isOrder);
  for (const present of byLine(perLine)) {
    let winner = present[0];
    for (const bid of present) if (winner !== undefined && precedes(bid, winner, 'line')) winner = bid;
    for (const bid of present) if (winner !== undefined && winner !== bid) loseLine(bid, winner);
  }
  // One discount per line, so what was measured from the full price holds.
  for (const { bids } of perLine.sort(byRank)) {
    for (const { take, lost } of bids) if (take !== undefined && !lost) ledger.take(take);
  }
  const perOrder = contenders.filter(({ isOrder, lines }) => isOrder && lines.length > 0);
  const [winner, ...others] = perOrder.sort(byRank);
  if (winner === undefined) return;
  for (const other of others) lose(other, winner, 'outranked');
  ledger.apply(winner.candidate, winner.lines, 'left');
}

/** The bids that are left on each line, in the cart's order. */
function byLine(contenders: readonly Contender[]): Bid[][] {
  const lines: Bid[][] = [];
  for (const { bids } of contenders) {
    for (const bid of bids) {
      if (bid.lost) continue;
      const { index } = bid.entry.line;
      while (lines.length <= index) lines.push([]);
      lines[index]?.push(bid);
    }
  }
  return lines;
}

function loseLine(loser: Bid, winner: Bid): void {
  loser.lost = true;
  lose(loser.contender, winner.contender, 'outranked');
}

/** The first reason counts. */
function lose({ candidate }: Contender, winner: Contender, reason: Loss['reason']): void {
  candidate.loss ??= { reason, blockedBy: ruleId(winner.candidate) };
}

/** Whether `a` comes before `b`, larger saving on their line or over the cart. */
function precedes(a: Bid, b: Bid, saving: 'line' | 'cart'): boolean {
  return saving === 'line' ? rank(a.contender, b.contender, a, b) < 0 : byRank(a.contender, b.contender) < 0;
}

/** Sorts by what they save over the cart. */
function byRank(a: Contender, b: Contender): number {
  return rank(a, b, a, b);
}

/** Orders by higher priority, narrower recipients, narrower scope, larger saving, older id [ISP]. */
function rank(
  { candidate: a }: Contender,
  { candidate: b }: Contender,
  ofA: { readonly saving: Integer },
  ofB: { readonly saving: Integer },
): number {
  if (a === b) return 0;
  return (
    b.rule.priority - a.rule.priority ||
    a.recipientRank - b.recipientRank ||
    a.rule.rank - b.rule.rank ||
    (ofA.saving === ofB.saving ? 0 : ofB.saving > ofA.saving ? 1 : -1) ||
    (a.rule.source.id < b.rule.source.id ? -1 : 1)
  );
}
