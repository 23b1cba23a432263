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
    return candidate.rule.source.scope === 'order'
      ? this.#offOrder(candidate, lines, from)
      : lines.flatMap((line) => this.#offLine(candidate, line, from));
  }

  /** Takes a discount off the given lines. */
  apply(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): void {
    const takes = this.measure(candidate, lines, from);
    for (const { line, recurring, setup } of takes) {
      const open = this.#open(line);
      open.recurring -= recurring;
      open.setup -= setup;
      open.takenRecurring += recurring;
      open.takenSetup += setup;
    }
    this.takes.push(...takes);
  }

  #offLine(candidate: Candidate, candidateLine: CandidateLine, from: 'full' | 'left'): Take[] {
    const { line } = candidateLine;
    const charges = this.#charges(candidate, candidateLine, from);
    const basis = basisOf(candidate, charges, BigInt(line.quantity), line.subtotal * 10n);
    const { amounts, pooled } = candidate.take(basis);
    const exact = pooled ? this.#roundTogether(amounts) : amounts.map((amount) => this.#round(amount));
    return this.#limited(candidate, charges, exact);
  }

  /** An order discount is rounded to the currency's digits before it is allocated. */
  #offOrder(candidate: Candidate, lines: readonly CandidateLine[], from: 'full' | 'left'): Take[] {
    const charges = lines.flatMap((line) => this.#charges(candidate, line, from));
    const { amounts } = candidate.take(basisOf(candidate, charges, candidate.quantity, candidate.total));
    const { num, den } = total(amounts);
    const minor = divideRounded(num, den * 10n, this.#cart.settings.roundingMode);
    const rooms = charges.map(({ open, charge }) => this.#room(open, charge));
    const parts = allocate(minor, proportions(charges.map(({ part }) => coveredBase(part))), rooms);
    // What fills a charge's room takes all that is left of it, so that nothing remains below the last digit.
    const exact = charges.map(({ open, charge }, index) => {
      const part = parts[index] ?? 0n;
      return part === rooms[index] ? open[charge] : part * 10n;
    });
    return this.#limited(candidate, charges, exact);
  }

  #charges({ rule }: Candidate, { line, units, share }: CandidateLine, from: 'full' | 'left'): Charge[] {
    const open = this.#open(line);
    const charges: Charge[] = [];
    if (rule.recurring) {
      const price = line.subtotal * 10n - (from === 'left' ? open.takenRecurring : 0n);
      const base = units === line.quantity ? { num: price, den: 1n } : spread(price, units, line.quantity);
      charges.push({ open, charge: 'recurring', part: { base, units: BigInt(units), share } });
    }
    if (rule.setup && line.setup !== undefined) {
      const price = line.setup * 10n - (from === 'left' ? open.takenSetup : 0n);
      charges.push({ open, charge: 'setup', part: { base: { num: price, den: 1n }, units: 1n, share: ONE } });
    }
    return charges;
  }

  /** The amounts as takes, one for each line, none more than the line may still lose. */
  #limited(candidate: Candidate, charges: readonly Charge[], exact: readonly bigint[]): Take[] {
    const byLine = new Map<PricedLine, { recurring: bigint; setup: bigint }>();
    for (const [index, { open, charge }] of charges.entries()) {
      const amount = exact[index] ?? 0n;
      const possible = amount < open[charge] ? amount : open[charge];
      if (possible === 0n) continue;
      const take = byLine.get(open.line) ?? { recurring: 0n, setup: 0n };
      take[charge] = possible;
      byLine.set(open.line, take);
    }
    return [...byLine].map(([line, take]) => ({ candidate, line, ...take }));
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

/** What is left of a line counts as spread evenly over its units. */
function spread(price: bigint, units: number, quantity: number): Fraction {
  return { num: price * BigInt(units), den: BigInt(quantity) };
}

function basisOf({ rule }: Candidate, charges: readonly Charge[], quantity: bigint, undiscounted: bigint): Basis {
  return { parts: charges.map(({ part }) => part), scope: rule.source.scope ?? 'line', quantity, total: undiscounted };
}
