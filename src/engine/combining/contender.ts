import type { LinePart } from '../cart/priced-line';
import type { Candidate, Loss } from '../judging/candidate';
import type { Integer } from '../money/integer';
import type { Deduction, OrderDemand, RemainingPrices } from './remaining-prices';
import { savingOfDeductions } from './remaining-prices';

/** A candidate while discounts are combined. Its saving is computed on demand: order discounts rarely need it. */
export class Contender {
  readonly isOrder: boolean;
  #takes: readonly Deduction[] | undefined;
  #demand: OrderDemand | undefined;
  #saving: Integer | undefined;
  #ranked: Integer | undefined;
  #lost: Set<number> | undefined;

  constructor(
    readonly candidate: Candidate,
    private readonly ledger: RemainingPrices,
  ) {
    this.isOrder = candidate.rule.scope === 'order';
  }

  /** What it would take from the full price. */
  get takes(): readonly Deduction[] {
    this.#takes ??= this.ledger.measure(this.candidate, this.candidate.lines, 'full');
    return this.#takes;
  }

  /** What it would save over the cart from the full price, in ticks. */
  get saving(): Integer {
    this.#saving ??= this.isOrder ? this.ledger.savingOf(this.#asks) : savingOfDeductions(this.takes);
    return this.#saving;
  }

  /** The saving that it is ranked by: the largest of all rights to its discount, so that these stay together. */
  get rankedSaving(): Integer {
    return this.#ranked ?? this.saving;
  }

  rankBy(saving: Integer): void {
    this.#ranked = saving;
  }

  /** Whether it would save anything. */
  get saves(): boolean {
    return this.isOrder ? this.ledger.takesOff(this.#asks) : this.takes.length > 0;
  }

  get #asks(): OrderDemand {
    this.#demand ??= this.ledger.ask(this.candidate, this.candidate.lines, 'full');
    return this.#demand;
  }

  /** Returns whether it has lost a line to another one. */
  hasLost(index: number): boolean {
    return this.#lost?.has(index) ?? false;
  }

  loseLine(index: number): void {
    this.#lost ??= new Set();
    this.#lost.add(index);
  }

  /** The lines it still competes for: those it would reduce. An order discount competes for all of its lines. */
  get lines(): readonly LinePart[] {
    const { lines } = this.candidate;
    if (this.isOrder) return this.#lost === undefined ? lines : lines.filter(({ line }) => !this.hasLost(line.index));
    const saving = new Set(this.takes.map(({ line }) => line));
    return lines.filter(({ line }) => saving.has(line) && !this.hasLost(line.index));
  }
}

/** Returns the id that answers name a rule by when another one lost to it: its promotion's, or a global discount's own. */
export function promotionOrDiscountId({ rule }: Candidate): string {
  return rule.promotion?.id ?? rule.id;
}

/** The first reason counts. */
export function noteLoss(loser: Candidate, winner: Candidate, reason: Loss['reason']): void {
  loser.loss ??= { reason, blockedBy: promotionOrDiscountId(winner) };
}
