import type { Candidate, CandidateLine } from './candidates';
import { coveredBase } from './discounts/amounts';
import type { Part } from './discounts/value';
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
  /** Its price in minor units. */
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
  readonly isSetup: boolean;
  readonly open: OpenCharge;
}

/** The prices of a cart from which discounts are taken, one after the other; no line goes below its floor. */
export class Ledger {
  readonly takes: Take[] = [];
  readonly #cart: PricedCart;
  readonly #recurring: readonly OpenCharge[];
  readonly #setup: readonly (OpenCharge | undefined)[];

  constructor(cart: PricedCart) {
    this.#cart = cart;
    this.#recurring = cart.lines.map(({ subtotal, discountable }) => openCharge(subtotal, discountable));
    this.#setup = cart.lines.map(({ setup }) => (setup === undefined ? undefined : openCharge(setup, setup)));
  }

  /** What a discount would take off the given lines, from their full price or from what earlier ones left. */
  measure(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): Take[] {
    const takes: Take[] = [];
    let charges: Charge[] = [];
    if (candidate.rule.source.scope === 'order') {
      for (const line of lines) this.#addCharges(candidate, line, from, charges);
      addTakes(candidate, charges, this.#offOrder(candidate, charges), takes);
      return takes;
    }
    for (const line of lines) {
      charges = [];
      this.#addCharges(candidate, line, from, charges);
      addTakes(candidate, charges, this.#offLine(candidate, line.line, charges), takes);
    }
    return takes;
  }

  /** Whether an order discount would take anything off its lines from their full price. */
  takesOffOrder(candidate: Candidate): boolean {
    const charges: Charge[] = [];
    for (const line of candidate.lines) this.#addCharges(candidate, line, 'full', charges);
    return this.#orderAmount(candidate, charges) > 0 && charges.some((charge) => this.#room(charge) > 0);
  }

  /** Takes a discount off the given lines. */
  apply(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): void {
    for (const take of this.measure(candidate, lines, from)) this.take(take);
  }

  /** Takes what was measured before; nothing else may have been taken off its line since. */
  take(take: Take): void {
    const { line, recurring, setup } = take;
    if (recurring !== 0) takeOff(this.#recurring[line.index], recurring);
    if (setup !== 0) takeOff(this.#setup[line.index], setup);
    this.takes.push(take);
  }

  #offLine(candidate: Candidate, line: PricedLine, parts: readonly Charge[]): readonly Integer[] {
    const scope = candidate.rule.source.scope ?? 'line';
    const { amounts, pooled } = candidate.take({
      parts,
      scope,
      quantity: line.quantity,
      total: multiply(line.subtotal, 10),
    });
    return pooled ? this.#roundTogether(amounts) : amounts.map((amount) => this.#round(amount));
  }

  #offOrder(candidate: Candidate, parts: readonly Charge[]): readonly Integer[] {
    const amount = this.#orderAmount(candidate, parts);
    const rooms = parts.map((part) => this.#room(part));
    const shares = allocate(amount, proportions(parts.map(coveredBase)), rooms);
    // What fills a charge's room takes all that is left of it, so that nothing remains below the last digit.
    return parts.map((part, index) => {
      const share = shares[index] ?? 0;
      return share === rooms[index] ? least(part.open.left, mostOf(part)) : multiply(share, 10);
    });
  }

  /** An order discount is rounded to the currency's digits before it is allocated. */
  #orderAmount({ take, quantity, total: undiscounted }: Candidate, parts: readonly Charge[]): Integer {
    const { amounts } = take({ parts, scope: 'order', quantity, total: undiscounted });
    const { num, den } = total(amounts);
    return this.#round({ num, den: multiply(den, 10) });
  }

  #addCharges(
    { rule }: Candidate,
    { line, units, share }: CandidateLine,
    from: 'full' | 'left',
    charges: Charge[],
  ): void {
    const recurring = this.#recurring[line.index];
    if (rule.recurring && recurring !== undefined) {
      const base = spread(priceOf(recurring, from), units, line.quantity);
      charges.push({ base, units, share, line, isSetup: false, open: recurring });
    }
    const setup = this.#setup[line.index];
    if (rule.setup && setup !== undefined) {
      charges.push({ base: whole(priceOf(setup, from)), units: 1, share: ONE, line, isSetup: true, open: setup });
    }
  }

  /** What a charge may still lose in the currency's digits, when what it has lost is rounded to them. */
  #room(charge: Charge): Integer {
    const { discountable, taken } = charge.open;
    const left = subtract(discountable, taken === 0 ? 0 : this.#round({ num: taken, den: 10 }));
    return left > 0 ? least(left, quotientUp(mostOf(charge), 10)) : 0;
  }

  #round({ num, den }: Fraction): Integer {
    return divideRounded(num, den, this.#cart.settings.roundingMode);
  }

  #roundTogether(amounts: readonly Fraction[]): readonly Integer[] {
    const sum = this.#round(total(amounts));
    return amounts.length === 1 || sum === 0 ? amounts.map(() => sum) : largestRemainder(sum, proportions(amounts));
  }
}

function openCharge(price: Integer, discountable: Integer): OpenCharge {
  return { price, discountable, left: multiply(discountable, 10), taken: 0 };
}

function takeOff(open: OpenCharge | undefined, ticks: Integer): void {
  if (open === undefined) throw new RangeError('The cart has no such charge.');
  open.left = subtract(open.left, ticks);
  open.taken = add(open.taken, ticks);
}

/** Adds the amounts as takes, one for each line, none more than the line may still lose; a line's charges stand together. */
function addTakes(candidate: Candidate, charges: readonly Charge[], exact: readonly Integer[], takes: Take[]): void {
  for (let index = 0; index < charges.length; index++) {
    const { line, isSetup, open } = charges[index] as Charge;
    const amount = least(exact[index] ?? 0, open.left);
    if (amount === 0) continue;
    const last = takes.at(-1);
    if (isSetup && last?.line === line) takes[takes.length - 1] = { ...last, setup: amount };
    else takes.push({ candidate, line, recurring: isSetup ? 0 : amount, setup: isSetup ? amount : 0 });
  }
}

/** Never more than the selected units and the covered days cost, however much other lines refuse; in ticks. */
function mostOf(charge: Charge): Integer {
  const { num, den } = coveredBase(charge);
  return quotientUp(num, den);
}

function priceOf({ price, taken }: OpenCharge, from: 'full' | 'left'): Integer {
  const ticks = multiply(price, 10);
  return from === 'left' ? subtract(ticks, taken) : ticks;
}

/** What is left of a line counts as spread evenly over its units. */
function spread(price: Integer, units: number, quantity: number): Fraction {
  return units === quantity ? whole(price) : { num: multiply(price, units), den: quantity };
}
