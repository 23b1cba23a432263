import type { RoundingMode } from '../../../src/engine/money/rounding';
import type { Charge } from '../../../src/engine/rulebook/discount';
import type { Line } from '../cart';
import { Fraction, largestRemainder } from '../fraction';
import { matchingLines, type Rule } from '../rules';
import { coveredShare } from './coverage';
import { covered, individualDemand, type Part, pooledDemand } from './demand';
import { savedBySets, setsOf, type UnitSet } from './sets';
import { selectedUnits } from './units';
import { type Demand, demandOf } from './values';

/** An amount for each charge of each line, such as what is left of it. */
export class Charges {
  private constructor(private readonly amounts: ReadonlyMap<string, Fraction>) {}

  /** The full prices. */
  static full(lines: readonly Line[]): Charges {
    return Charges.from(lines, (line) => line.subtotal);
  }

  /** The most that discounts may take: a recurring charge keeps its floor, a setup fee has none. */
  static room(lines: readonly Line[]): Charges {
    return Charges.from(lines, (line) => line.room);
  }

  private static from(lines: readonly Line[], recurring: (line: Line) => Fraction): Charges {
    return new Charges(
      new Map(
        lines.flatMap((line): [string, Fraction][] => [
          [`${line.index} recurring`, recurring(line)],
          [`${line.index} setup`, line.setup ?? Fraction.ZERO],
        ]),
      ),
    );
  }

  /** The amount of one charge. */
  of(line: Line, charge: Charge): Fraction {
    return this.amounts.get(`${line.index} ${charge}`) ?? Fraction.ZERO;
  }

  /** The amounts less what was taken, never below zero. */
  without(takings: readonly Taking[]): Charges {
    const amounts = new Map(this.amounts);
    for (const { line, charge, amount } of takings) {
      amounts.set(`${line.index} ${charge}`, Fraction.max(this.of(line, charge).minus(amount), Fraction.ZERO));
    }
    return new Charges(amounts);
  }
}

/** What a discount takes off one charge of one line, its `exactAmount`. */
export interface Taking {
  line: Line;
  charge: Charge;
  amount: Fraction;
}

/** What holds for every discount of a quote. */
export interface Terms {
  at: number;
  lines: readonly Line[];
  currency: string;
  digits: number;
  roundingMode: RoundingMode;
}

/** What a discount takes off the lines, when so much is left of them and at most the room may be taken. */
export function take(rule: Rule, lines: readonly Line[], left: Charges, room: Charges, terms: Terms): Taking[] {
  const demand = setDemand(rule, terms);
  if (demand !== undefined) return takeSets(rule, demand, lines, left, room, terms);
  const units = selectedUnits(rule, terms.lines);
  const parts = lines.flatMap((line) => partsOf(rule, line, units.get(line.index) ?? 0, left, room, terms));
  const taken =
    rule.discount.scope === 'order'
      ? takeOnce(rule, parts, terms)
      : lines.flatMap((line) => takePerLine(rule, line, parts, terms));
  return taken.filter(({ amount }) => amount.isPositive());
}

/** The lines of which a discount selects something that has anything to lose at the full price. */
export function linesTouched(rule: Rule, lines: readonly Line[], terms: Terms): Line[] {
  const [full, room] = [Charges.full(terms.lines), Charges.room(terms.lines)];
  const demand = setDemand(rule, terms);
  const units =
    demand === undefined
      ? selectedUnits(rule, terms.lines)
      : unitsOfSets(setsOf(rule, demand.quantity, demand.price, lines, unitLeft(full)));
  return lines.filter((line) =>
    partsOf(rule, line, units.get(line.index) ?? 0, full, room, terms).some((part) => most(part, terms).isPositive()),
  );
}

function partsOf(rule: Rule, line: Line, units: number, left: Charges, room: Charges, terms: Terms): Part[] {
  if (units === 0) return [];
  const charges = rule.discount.charges ?? ['recurring'];
  const parts: Part[] = [];
  if (charges.includes('recurring')) {
    const ofUnits = left.of(line, 'recurring').times(Fraction.of(units, line.quantity));
    parts.push({
      line,
      charge: 'recurring',
      units,
      left: ofUnits,
      share: coveredShare(rule, line, terms.at),
      room: room.of(line, 'recurring'),
      ...(units < line.quantity && { aboveFloor: aboveFloor(ofUnits, units, line, terms) }),
    });
  }
  if (charges.includes('setup') && line.setup !== undefined) {
    parts.push({
      line,
      charge: 'setup',
      units: 1,
      left: left.of(line, 'setup'),
      share: Fraction.ONE,
      room: room.of(line, 'setup'),
    });
  }
  return parts;
}

/** What is left of units above their floor, as far as an exact amount can tell. */
export function aboveFloor(
  left: Fraction,
  units: number,
  { minUnitPrice }: Line,
  { digits }: Terms,
): Fraction | undefined {
  if (!minUnitPrice.isPositive()) return undefined;
  return Fraction.max(left.minus(minUnitPrice.times(Fraction.of(units))), Fraction.ZERO).floor(digits + 1);
}

// Scope unit and line: each line by itself, rounded to one digit more than the currency has.

function takePerLine(rule: Rule, line: Line, allParts: readonly Part[], terms: Terms): Taking[] {
  const parts = allParts.filter((part) => part.line === line);
  const demand = demandOf(rule.discount.value, terms.currency, { quantity: line.quantity, total: line.subtotal });
  if (parts.length === 0 || demand === undefined) return [];
  const isPerUnit = rule.discount.scope === 'unit' && demand.kind === 'amount';
  const pooled = isPerUnit ? undefined : pooledDemand(demand, parts);
  const digits = terms.digits + 1;
  const amounts =
    pooled === undefined || parts.length === 1
      ? parts.map((part) => (pooled ?? individualDemand(demand, part)).round(digits, terms.roundingMode))
      : largestRemainder(pooled.round(digits, terms.roundingMode), parts.map(covered), digits);
  return parts.map((part, index) => ({
    line,
    charge: part.charge,
    amount: Fraction.min(amounts[index] ?? Fraction.ZERO, part.room, part.aboveFloor ?? part.room),
  }));
}

// Scope order: once over all lines, rounded to the currency, allocated by what is left of each.

function takeOnce(rule: Rule, parts: readonly Part[], terms: Terms): Taking[] {
  const judged = matchingLines(rule, terms.lines);
  const demand = demandOf(rule.discount.value, terms.currency, {
    quantity: judged.reduce((sum, line) => sum + line.quantity, 0),
    total: Fraction.sum(judged.map((line) => line.subtotal)),
  });
  if (demand === undefined) return [];
  const total = pooledDemand(demand, parts) ?? Fraction.sum(parts.map((part) => individualDemand(demand, part)));
  const amounts = handOut(total.round(terms.digits, terms.roundingMode), parts, terms);
  return parts.map(({ line, charge }, index) => ({ line, charge, amount: amounts[index] ?? Fraction.ZERO }));
}

// A price for sets of units: what all of them save is rounded once, and shared by the price of the units in sets.

type SetDemand = Extract<Demand, { kind: 'set' }>;

function setDemand({ discount: { value } }: Rule, { currency }: Terms): SetDemand | undefined {
  const demand =
    value.type === 'set_price' ? demandOf(value, currency, { quantity: 0, total: Fraction.ZERO }) : undefined;
  return demand?.kind === 'set' ? demand : undefined;
}

function takeSets(
  rule: Rule,
  { quantity, price }: SetDemand,
  lines: readonly Line[],
  left: Charges,
  room: Charges,
  terms: Terms,
): Taking[] {
  const sets = setsOf(rule, quantity, price, lines, unitLeft(left));
  const units = unitsOfSets(sets);
  const parts = lines.flatMap((line) => partsOf(rule, line, units.get(line.index) ?? 0, left, room, terms));
  const saved = savedBySets(sets, unitLeft(left), (line) => coveredShare(rule, line, terms.at));
  const amounts = handOut(saved.round(terms.digits, terms.roundingMode), parts, terms);
  return parts
    .map(({ line, charge }, index) => ({ line, charge, amount: amounts[index] ?? Fraction.ZERO }))
    .filter(({ amount }) => amount.isPositive());
}

function unitLeft(left: Charges): (line: Line) => Fraction {
  return (line) => left.of(line, 'recurring').times(Fraction.of(1, line.quantity));
}

function unitsOfSets(sets: readonly UnitSet[]): Map<number, number> {
  const units = new Map<number, number>();
  for (const { index } of sets.flatMap((set) => set.lines)) units.set(index, (units.get(index) ?? 0) + 1);
  return units;
}

/** Never more than the selected units and the covered days cost: to the digit that an exact amount has. */
function most(part: Part, terms: Terms): Fraction {
  return Fraction.min(part.room, mostOfUnits(part, terms));
}

function mostOfUnits(part: Part, { digits }: Terms): Fraction {
  const price = covered(part).ceil(digits + 1);
  return Fraction.min(price, part.aboveFloor ?? price);
}

/** A charge's room in the currency's digits: earlier discounts count with their rounded sum. */
function wholeRoom(part: Part, terms: Terms): Fraction {
  const { digits, roundingMode } = terms;
  const { line, charge, room } = part;
  const price = charge === 'setup' ? (line.setup ?? Fraction.ZERO) : line.room;
  const left = price.minus(price.minus(room).round(digits, roundingMode));
  return Fraction.min(left, mostOfUnits(part, terms).ceil(digits));
}

/** Allocates; a part whose share is more than its room gets its room, and the others share the rest. */
function handOut(total: Fraction, parts: readonly Part[], terms: Terms): Fraction[] {
  // What has no room for the currency's last digit has no share either.
  const isOpen = (part: Part): boolean => wholeRoom(part, terms).isPositive();
  const amounts = parts.map((part) => (isOpen(part) ? Fraction.ZERO : most(part, terms)));
  let open = parts.filter(isOpen);
  let rest = total;
  for (;;) {
    const shares = largestRemainder(rest, open.map(covered), terms.digits);
    const full = open.filter((part, index) => shares[index]?.compare(wholeRoom(part, terms)) === 1);
    open.forEach((part, index) => {
      const share = shares[index] ?? Fraction.ZERO;
      const fills = share.compare(wholeRoom(part, terms)) >= 0;
      amounts[parts.indexOf(part)] = fills ? most(part, terms) : Fraction.min(share, part.room);
    });
    if (full.length === 0) return amounts;
    rest = rest.minus(Fraction.sum(full.map((part) => wholeRoom(part, terms))));
    open = open.filter((part) => !full.includes(part));
  }
}
