import type { PricedCart } from '../cart/priced-cart';
import { type LinePart, measure, type PricedLine } from '../cart/priced-line';
import type { Reached, SetTerms } from '../discount-values/discount-value';
import type { Candidate } from '../judging/candidate';
import { allocate, largestRemainder } from '../money/allocation';
import { type Fraction, proportions, total } from '../money/fraction';
import { add, type Integer, least, multiply, quotientUp, subtract, sum } from '../money/integer';
import { divideRounded } from '../money/rounding';
import type { DiscountRule } from '../rulebook/rules';
import {
  chargesOf,
  type From,
  mayLose,
  mostOf,
  type OpenLine,
  openLine,
  type PricedCharge,
  priceOf,
  spread,
  takeOff,
  weightsOf,
} from './open-charges';
import { type SavingSets, savingSets } from './unit-sets';

/** What a discount takes off one line, in ticks: one digit more than the currency has. */
export interface Deduction {
  readonly candidate: Candidate;
  readonly line: PricedLine;
  readonly recurring: Integer;
  readonly setup: Integer;
}

/** What an order discount takes as far as there is room: minor units, to be shared out over the charges. */
export interface OrderDemand {
  readonly charges: readonly PricedCharge[];
  readonly amount: Integer;
}

/** The prices of a cart from which discounts are taken, one after the other; no line goes below its floor. */
export class RemainingPrices {
  readonly takes: Deduction[] = [];
  readonly #cart: PricedCart;
  /** By the line's place; those that no discount has looked at are not opened. */
  readonly #lines: (OpenLine | undefined)[];

  constructor(cart: PricedCart) {
    this.#cart = cart;
    this.#lines = new Array(cart.lines.length).fill(undefined);
  }

  /** Returns what a discount would take off the given lines. */
  measure(candidate: Candidate, lines: readonly LinePart[], from: From): readonly Deduction[] {
    if (candidate.rule.scope === 'order') {
      const demand = this.ask(candidate, lines, from);
      return takesOf(candidate, demand.charges, this.#split(demand));
    }
    // Most discounts are for one line: no list grows for it.
    if (lines.length === 1) return this.#measureLine(candidate, lines[0] as LinePart, from);
    const takes: Deduction[] = [];
    for (const part of lines) for (const take of this.#measureLine(candidate, part, from)) takes.push(take);
    return takes;
  }

  /** Returns what an order discount asks of the given lines. */
  ask(candidate: Candidate, lines: readonly LinePart[], from: From): OrderDemand {
    if (candidate.taker.sets !== undefined) return this.#askForSets(candidate, candidate.taker.sets, lines, from);
    const charges = this.#chargesOfAll(candidate, lines, from);
    return { charges, amount: this.#orderAmount(candidate, charges) };
  }

  /** Returns whether it takes anything off them. */
  takesOff({ charges, amount }: OrderDemand): boolean {
    return amount > 0 && charges.some((charge) => this.#room(charge) > 0);
  }

  /** Returns what it takes off them, in ticks. */
  savingOf(demand: OrderDemand): Integer {
    // While no charge can be exhausted, the shares add up to the amount, so they need not be computed.
    return this.#leavesRoom(demand) ? multiply(demand.amount, 10) : sum(this.#split(demand));
  }

  /** Takes a discount off the given lines; whether there was anything to take. */
  apply(candidate: Candidate, lines: readonly LinePart[], from: From): boolean {
    const takes = this.measure(candidate, lines, from);
    for (const take of takes) this.take(take);
    return takes.length > 0;
  }

  /** Returns what an order discount would look at of the given lines at the full price: of sets only their units. */
  partsOf({ taker, rule }: Candidate, lines: readonly LinePart[]): readonly LinePart[] {
    return taker.sets === undefined ? lines : this.#setsOf(rule, taker.sets, lines, 'full').parts;
  }

  /** Returns whether a line has anything to lose to a discount at the full price. */
  touches(candidate: Candidate, part: LinePart): boolean {
    const charges = chargesOf(this.#open(part.line), candidate, part, 'full');
    return charges.some((charge) => charge.open.discountable > 0 && mayLose(charge));
  }

  /** Takes what was measured before; nothing else may have been taken off its line since. */
  take(take: Deduction): void {
    const { recurring, setup } = this.#open(take.line);
    takeOff(recurring, take.recurring);
    if (setup !== undefined) takeOff(setup, take.setup);
    this.takes.push(take);
  }

  #measureLine(candidate: Candidate, part: LinePart, from: From): readonly Deduction[] {
    const open = this.#open(part.line);
    const charges = chargesOf(open, candidate, part, from);
    const charge = charges[0];
    if (charge === undefined) return NO_TAKES;
    if (charges.length > 1) return takesOf(candidate, charges, this.#offLine(candidate, charges, open));
    const take = takeOf(candidate, charge, this.#round(candidate.taker.forCharge(charge, open)));
    return take === undefined ? NO_TAKES : [take];
  }

  #offLine({ taker }: Candidate, charges: readonly PricedCharge[], reached: Reached): readonly Integer[] {
    const amounts = taker.forCharges?.(charges, reached);
    if (amounts === undefined) return charges.map((charge) => this.#round(taker.forCharge(charge, reached)));
    const together = this.#round(total(amounts));
    return together === 0 ? charges.map(() => 0) : largestRemainder(together, proportions(amounts));
  }

  /** Returns whether the largest share that a charge can get is less than its room. */
  #leavesRoom({ charges, amount }: OrderDemand): boolean {
    const weights = weightsOf(charges);
    const all = sum(weights);
    for (let index = 0; index < charges.length; index++) {
      const room = this.#room(charges[index] as PricedCharge);
      if (room === 0 || multiply(amount, weights[index] ?? 0) > multiply(subtract(room, 1), all)) return false;
    }
    return true;
  }

  /** Returns what each charge gives of it, in ticks. */
  #split({ charges, amount }: OrderDemand): readonly Integer[] {
    const rooms = charges.map((charge) => this.#room(charge));
    const shares = allocate(amount, weightsOf(charges), rooms);
    // What fills a charge's room takes all that is left of it, so that nothing remains below the last digit.
    return charges.map((charge, index) => {
      const share = shares[index] ?? 0;
      return share === rooms[index] ? least(charge.open.left, mostOf(charge)) : multiply(share, 10);
    });
  }

  /** An order discount is rounded to the currency's digits before it is allocated. */
  #orderAmount(candidate: Candidate, charges: readonly PricedCharge[]): Integer {
    const { taker } = candidate;
    const reached = this.#reachedBy(candidate);
    const amounts = taker.forCharges?.(charges, reached) ?? charges.map((charge) => taker.forCharge(charge, reached));
    const { num, den } = total(amounts);
    return this.#round({ num, den: multiply(den, 10) });
  }

  #askForSets(candidate: Candidate, terms: SetTerms, lines: readonly LinePart[], from: From): OrderDemand {
    const { parts, saved } = this.#setsOf(candidate.rule, terms, lines, from);
    const amount = this.#round({ num: saved.num, den: multiply(saved.den, 10) });
    return { charges: this.#chargesOfAll(candidate, parts, from), amount };
  }

  #setsOf({ source }: DiscountRule, terms: SetTerms, lines: readonly LinePart[], from: From): SavingSets {
    const most = source.maxUnits === undefined ? Number.POSITIVE_INFINITY : Math.floor(source.maxUnits / terms.size);
    return savingSets(lines, terms, most, ({ line, units }) =>
      spread(priceOf(this.#open(line).recurring, from), units, line.quantity),
    );
  }

  #reachedBy({ matching }: Candidate): Reached {
    const { lines, measured } = this.#cart;
    const { quantity, subtotal } = matching === lines ? measured : measure(matching);
    return { quantity, total: multiply(subtotal, 10) };
  }

  #chargesOfAll(candidate: Candidate, lines: readonly LinePart[], from: From): readonly PricedCharge[] {
    const charges: PricedCharge[] = [];
    for (const entry of lines) {
      for (const charge of chargesOf(this.#open(entry.line), candidate, entry, from)) charges.push(charge);
    }
    return charges;
  }

  #open(line: PricedLine): OpenLine {
    const known = this.#lines[line.index];
    if (known !== undefined) return known;
    const open = openLine(line, this.#cart.digits);
    this.#lines[line.index] = open;
    return open;
  }

  /** Returns what a charge may still lose in the currency's digits, when what it has lost is rounded to them. */
  #room(charge: PricedCharge): Integer {
    const { discountable, taken } = charge.open;
    const left = taken === 0 ? discountable : subtract(discountable, this.#round({ num: taken, den: 10 }));
    return left > 0 ? least(left, quotientUp(mostOf(charge), 10)) : 0;
  }

  #round({ num, den }: Fraction): Integer {
    return divideRounded(num, den, this.#cart.settings.roundingMode);
  }
}

const NO_TAKES: readonly Deduction[] = [];

/** Returns the amounts as takes; a line's setup fee joins its recurring charge. */
function takesOf(candidate: Candidate, charges: readonly PricedCharge[], ticks: readonly Integer[]): Deduction[] {
  const takes: Deduction[] = [];
  for (let index = 0; index < charges.length; index++) {
    const take = takeOf(candidate, charges[index] as PricedCharge, ticks[index] ?? 0);
    if (take === undefined) continue;
    const last = takes.at(-1);
    if (last?.line === take.line) takes[takes.length - 1] = { ...take, recurring: last.recurring };
    else takes.push(take);
  }
  return takes;
}

/** Returns a take of no more than the charge may still lose; absent where that is nothing. */
function takeOf(candidate: Candidate, { line, open, aboveFloor }: PricedCharge, ticks: Integer): Deduction | undefined {
  const most = least(ticks, open.left);
  const amount = aboveFloor === undefined ? most : least(most, aboveFloor);
  if (amount === 0) return undefined;
  return open.isSetup
    ? { candidate, line, recurring: 0, setup: amount }
    : { candidate, line, recurring: amount, setup: 0 };
}

/** Returns what deductions take off together, in ticks. */
export function savingOfDeductions(takes: readonly Deduction[]): Integer {
  let saving: Integer = 0;
  for (const take of takes) saving = add(saving, savingOf(take));
  return saving;
}

/** Returns what a deduction takes off, in ticks. */
export function savingOf({ recurring, setup }: Deduction): Integer {
  return add(recurring, setup);
}
