import type { Candidate, CandidateLine } from './candidates';
import { coveredBase } from './discounts/amounts';
import type { Basis, Part } from './discounts/value';
import { ONE, proportions, total } from './fraction';
import { allocate, divideRounded, type Fraction, largestRemainder } from './money';
import type { PricedCart, PricedLine } from './priced-cart';

/** What a discount takes off one line, in ticks: one digit more than the currency has. */
export interface Take {
  readonly candidate: Candidate;
  readonly line: PricedLine;
  readonly recurring: bigint;
  readonly setup: bigint;
}

/** A line while discounts are taken off it, in ticks. */
interface OpenLine {
  readonly line: PricedLine;
  /** What discounts may still take. */
  recurring: bigint;
  setup: bigint;
  takenRecurring: bigint;
  takenSetup: bigint;
}

/** A charge of a line that a discount looks at. */
interface Charge {
  readonly open: OpenLine;
  readonly charge: 'recurring' | 'setup';
  readonly part: Part;
}

/** The prices of a cart from which discounts are taken, one after the other; no line goes below its floor. */
export class Ledger {
  readonly takes: Take[] = [];
  readonly #cart: PricedCart;
  readonly #lines: readonly OpenLine[];

  constructor(cart: PricedCart) {
    this.#cart = cart;
    this.#lines = cart.lines.map((line) => ({
      line,
      recurring: line.discountable * 10n,
      setup: (line.setup ?? 0n) * 10n,
      takenRecurring: 0n,
      takenSetup: 0n,
    }));
  }

  /** What a discount would take off the given lines, from their full price or from what earlier ones left. */
  measure(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): Take[] {
    if (candidate.rule.source.scope === 'order') return this.#offOrder(candidate, lines, from);
    const takes: Take[] = [];
    for (const line of lines) this.#offLine(candidate, line, from, takes);
    return takes;
  }

  /** Takes a discount off the given lines. */
  apply(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): void {
    for (const take of this.measure(candidate, lines, from)) this.take(take);
  }

  /** Takes what was measured before; nothing else may have been taken off its line since. */
  take(take: Take): void {
    const { line, recurring, setup } = take;
    const open = this.#open(line);
    open.recurring -= recurring;
    open.takenRecurring += recurring;
    if (setup !== 0n) {
      open.setup -= setup;
      open.takenSetup += setup;
    }
    this.takes.push(take);
  }

  #offLine(candidate: Candidate, candidateLine: CandidateLine, from: 'full' | 'left', takes: Take[]): void {
    const { line } = candidateLine;
    const charges: Charge[] = [];
    this.#charge(candidate, candidateLine, from, charges);
    const basis = basisOf(candidate, charges, BigInt(line.quantity), line.subtotal * 10n);
    const { amounts, pooled } = candidate.take(basis);
    const exact = pooled ? this.#roundTogether(amounts) : amounts.map((amount) => this.#round(amount));
    limit(candidate, charges, exact, takes);
  }

  /** An order discount is rounded to the currency's digits before it is allocated. */
  #offOrder(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): Take[] {
    const charges: Charge[] = [];
    for (const line of lines) this.#charge(candidate, line, from, charges);
    const { amounts } = candidate.take(basisOf(candidate, charges, candidate.quantity, candidate.total));
    const { num, den } = total(amounts);
    const minor = divideRounded(num, den * 10n, this.#cart.settings.roundingMode);
    const bases = charges.map(({ part }) => coveredBase(part));
    // Never more than the selected units and the covered days cost, however much other lines refuse.
    const most = bases.map((base) => (base.num + base.den - 1n) / base.den);
    const rooms = charges.map(({ open, charge }, index) =>
      smallest(this.#room(open, charge), ((most[index] ?? 0n) + 9n) / 10n),
    );
    const parts = allocate(minor, proportions(bases), rooms);
    // What fills a charge's room takes all that is left of it, so that nothing remains below the last digit.
    const exact = charges.map(({ open, charge }, index) => {
      const part = parts[index] ?? 0n;
      return part === rooms[index] ? smallest(open[charge], most[index] ?? 0n) : part * 10n;
    });
    const takes: Take[] = [];
    limit(candidate, charges, exact, takes);
    return takes;
  }

  #charge({ rule }: Candidate, { line, units, share }: CandidateLine, from: 'full' | 'left', charges: Charge[]): void {
    const open = this.#open(line);
    if (rule.recurring) {
      const price = line.subtotal * 10n - (from === 'left' ? open.takenRecurring : 0n);
      const base = units === line.quantity ? { num: price, den: 1n } : spread(price, units, line.quantity);
      charges.push({ open, charge: 'recurring', part: { base, units: BigInt(units), share } });
    }
    if (rule.setup && line.setup !== undefined) {
      const price = line.setup * 10n - (from === 'left' ? open.takenSetup : 0n);
      charges.push({ open, charge: 'setup', part: { base: { num: price, den: 1n }, units: 1n, share: ONE } });
    }
  }

  /** What a charge may still lose in the currency's digits, when what it has lost is rounded to them. */
  #room({ line, takenRecurring, takenSetup }: OpenLine, charge: Charge['charge']): bigint {
    const [most, taken] = charge === 'recurring' ? [line.discountable, takenRecurring] : [line.setup ?? 0n, takenSetup];
    const left = most - this.#round({ num: taken, den: 10n });
    return left > 0n ? left : 0n;
  }

  #round({ num, den }: Fraction): bigint {
    return divideRounded(num, den, this.#cart.settings.roundingMode);
  }

  #roundTogether(amounts: readonly Fraction[]): bigint[] {
    const sum = this.#round(total(amounts));
    return amounts.length === 1 || sum === 0n ? amounts.map(() => sum) : largestRemainder(sum, proportions(amounts));
  }

  #open(line: PricedLine): OpenLine {
    const open = this.#lines[line.index];
    if (open === undefined) throw new RangeError(`The cart has no line ${line.index}.`);
    return open;
  }
}

/** Adds the amounts as takes, one for each line, none more than the line may still lose; a line's charges stand together. */
function limit(candidate: Candidate, charges: readonly Charge[], exact: readonly bigint[], takes: Take[]): void {
  let last: { candidate: Candidate; line: PricedLine; recurring: bigint; setup: bigint } | undefined;
  for (let index = 0; index < charges.length; index++) {
    const { open, charge } = charges[index] as Charge;
    const amount = exact[index] ?? 0n;
    const possible = amount < open[charge] ? amount : open[charge];
    if (possible === 0n) continue;
    if (last?.line !== open.line) {
      last = { candidate, line: open.line, recurring: 0n, setup: 0n };
      takes.push(last);
    }
    last[charge] = possible;
  }
}

function smallest(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What is left of a line counts as spread evenly over its units. */
function spread(price: bigint, units: number, quantity: number): Fraction {
  return { num: price * BigInt(units), den: BigInt(quantity) };
}

function basisOf({ rule }: Candidate, charges: readonly Charge[], quantity: bigint, undiscounted: bigint): Basis {
  return { parts: charges.map(({ part }) => part), scope: rule.source.scope ?? 'line', quantity, total: undiscounted };
}
