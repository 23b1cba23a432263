import type { Candidate, CandidateLine } from './candidates';
import { coveredBase } from './discounts/amounts';
import type { Part, Reached } from './discounts/value';
import { type Fraction, ONE, proportions, total, whole } from './fraction';
import { add, type Integer, least, multiply, quotientUp, subtract } from './integer';
import { allocate, divideRounded, largestRemainder } from './money';
import type { PricedCart, PricedLine } from './priced-cart';

/** What a discount takes off one line, in ticks: one digit more than the currency has. */
export interface Take {
  readonly candidate: Candidate;
  readonly line: PricedLine;
  readonly recurring: Integer;
  readonly setup: Integer;
}

/** A charge of a line while discounts are taken off it, in ticks. */
interface OpenCharge {
  readonly isSetup: boolean;
  readonly price: Integer;
  /** What discounts may take in all, in minor units. */
  readonly discountable: Integer;
  /** What they may still take. */
  left: Integer;
  taken: Integer;
}

/** A charge that a discount looks at. */
interface Charge extends Part {
  readonly line: PricedLine;
  readonly open: OpenCharge;
}

/** The charges of a line; its units and total are what tiers are reached by. */
interface OpenLine extends Reached {
  readonly recurring: OpenCharge;
  readonly setup: OpenCharge | undefined;
  /** The recurring charge in full, as most discounts look at it. */
  readonly inFull: readonly Charge[];
}

/** From which price a discount is counted: the full one, or what earlier discounts left. */
export type From = 'full' | 'left';

/** The prices of a cart from which discounts are taken, one after the other; no line goes below its floor. */
export class Ledger {
  readonly takes: Take[] = [];
  readonly #cart: PricedCart;
  readonly #lines: readonly OpenLine[];

  constructor(cart: PricedCart) {
    this.#cart = cart;
    this.#lines = cart.lines.map(openLine);
  }

  /** What a discount would take off the given lines. */
  measure(candidate: Candidate, lines: readonly CandidateLine[], from: From): Take[] {
    const takes: Take[] = [];
    if (candidate.rule.scope === 'order') {
      const charges = this.#chargesOfAll(candidate, lines, from);
      addTakes(candidate, charges, this.#offOrder(candidate, charges), takes);
      return takes;
    }
    for (const entry of lines) {
      const open = this.#open(entry.line);
      const charges = chargesOf(open, candidate, entry, from);
      const charge = charges[0];
      if (charge === undefined) continue;
      if (charges.length > 1) addTakes(candidate, charges, this.#offLine(candidate, charges, open), takes);
      else addTake(candidate, charge, this.#round(candidate.taker.alone(charge, open)), takes);
    }
    return takes;
  }

  /** Whether an order discount would take anything off its lines from their full price. */
  takesOffOrder(candidate: Candidate): boolean {
    const charges = this.#chargesOfAll(candidate, candidate.lines, 'full');
    return this.#orderAmount(candidate, charges) > 0 && charges.some((charge) => this.#room(charge) > 0);
  }

  /** Takes a discount off the given lines. */
  apply(candidate: Candidate, lines: readonly CandidateLine[], from: From): void {
    for (const take of this.measure(candidate, lines, from)) this.take(take);
  }

  /** Takes what was measured before; nothing else may have been taken off its line since. */
  take(take: Take): void {
    const { recurring, setup } = this.#open(take.line);
    takeOff(recurring, take.recurring);
    if (setup !== undefined) takeOff(setup, take.setup);
    this.takes.push(take);
  }

  #offLine({ taker }: Candidate, charges: readonly Charge[], reached: Reached): readonly Integer[] {
    const amounts = taker.together?.(charges, reached);
    if (amounts === undefined) return charges.map((charge) => this.#round(taker.alone(charge, reached)));
    const sum = this.#round(total(amounts));
    return sum === 0 ? charges.map(() => 0) : largestRemainder(sum, proportions(amounts));
  }

  #offOrder(candidate: Candidate, charges: readonly Charge[]): readonly Integer[] {
    const amount = this.#orderAmount(candidate, charges);
    const rooms = charges.map((charge) => this.#room(charge));
    const shares = allocate(amount, proportions(charges.map(coveredBase)), rooms);
    // What fills a charge's room takes all that is left of it, so that nothing remains below the last digit.
    return charges.map((charge, index) => {
      const share = shares[index] ?? 0;
      return share === rooms[index] ? least(charge.open.left, mostOf(charge)) : multiply(share, 10);
    });
  }

  /** An order discount is rounded to the currency's digits before it is allocated. */
  #orderAmount(candidate: Candidate, charges: readonly Charge[]): Integer {
    const { taker } = candidate;
    const amounts = taker.together?.(charges, candidate) ?? charges.map((charge) => taker.alone(charge, candidate));
    const { num, den } = total(amounts);
    return this.#round({ num, den: multiply(den, 10) });
  }

  #chargesOfAll(candidate: Candidate, lines: readonly CandidateLine[], from: From): readonly Charge[] {
    const charges: Charge[] = [];
    for (const entry of lines) {
      for (const charge of chargesOf(this.#open(entry.line), candidate, entry, from)) charges.push(charge);
    }
    return charges;
  }

  #open({ index }: PricedLine): OpenLine {
    const open = this.#lines[index];
    if (open === undefined) throw new RangeError(`The cart has no line ${index}.`);
    return open;
  }

  /** What a charge may still lose in the currency's digits, when what it has lost is rounded to them. */
  #room(charge: Charge): Integer {
    const { discountable, taken } = charge.open;
    const left = taken === 0 ? discountable : subtract(discountable, this.#round({ num: taken, den: 10 }));
    return left > 0 ? least(left, quotientUp(mostOf(charge), 10)) : 0;
  }

  #round({ num, den }: Fraction): Integer {
    return divideRounded(num, den, this.#cart.settings.roundingMode);
  }
}

const NO_CHARGES: readonly Charge[] = [];

function chargesOf(
  { recurring, setup, inFull }: OpenLine,
  { rule }: Candidate,
  { line, units, share }: CandidateLine,
  from: From,
): readonly Charge[] {
  let charges: readonly Charge[] = inFull;
  if (!rule.recurring) charges = NO_CHARGES;
  else if (units !== line.quantity || share !== ONE || (from === 'left' && recurring.taken !== 0)) {
    charges = [{ line, open: recurring, base: spread(priceOf(recurring, from), units, line.quantity), units, share }];
  }
  if (!rule.setup || setup === undefined) return charges;
  return [...charges, { line, open: setup, base: whole(priceOf(setup, from)), units: 1, share: ONE }];
}

function openLine(line: PricedLine): OpenLine {
  const recurring = openCharge(false, line.subtotal, line.discountable);
  return {
    quantity: line.quantity,
    total: recurring.price,
    recurring,
    setup: line.setup === undefined ? undefined : openCharge(true, line.setup, line.setup),
    inFull: [{ line, open: recurring, base: whole(recurring.price), units: line.quantity, share: ONE }],
  };
}

function openCharge(isSetup: boolean, price: Integer, discountable: Integer): OpenCharge {
  return { isSetup, price: multiply(price, 10), discountable, left: multiply(discountable, 10), taken: 0 };
}

function takeOff(open: OpenCharge, ticks: Integer): void {
  open.left = subtract(open.left, ticks);
  open.taken = add(open.taken, ticks);
}

/** Adds the amounts as takes. */
function addTakes(candidate: Candidate, charges: readonly Charge[], ticks: readonly Integer[], takes: Take[]): void {
  for (let index = 0; index < charges.length; index++) {
    addTake(candidate, charges[index] as Charge, ticks[index] ?? 0, takes);
  }
}

/** Adds a take of no more than the charge may still lose; a line's setup fee joins its recurring charge. */
function addTake(candidate: Candidate, { line, open }: Charge, ticks: Integer, takes: Take[]): void {
  const amount = least(ticks, open.left);
  if (amount === 0) return;
  const last = open.isSetup ? takes.at(-1) : undefined;
  if (last?.line === line) takes[takes.length - 1] = { candidate, line, recurring: last.recurring, setup: amount };
  else if (open.isSetup) takes.push({ candidate, line, recurring: 0, setup: amount });
  else takes.push({ candidate, line, recurring: amount, setup: 0 });
}

/** What a discount may take off a charge: no more than the selected units and the covered days cost, in ticks. */
function mostOf(charge: Charge): Integer {
  const { num, den } = coveredBase(charge);
  return quotientUp(num, den);
}

function priceOf({ price, taken }: OpenCharge, from: From): Integer {
  return from === 'left' ? subtract(price, taken) : price;
}

/** What is left of a line counts as spread evenly over its units. */
function spread(price: Integer, units: number, quantity: number): Fraction {
  return units === quantity ? whole(price) : { num: multiply(price, units), den: quantity };
}
