import fc from 'fast-check';
import type { CartLine } from '../../../src/engine/cart/cart';
import type { DiscountValue } from '../../../src/engine/discount-values';
import { parseMoney } from '../../../src/engine/money/money';
import type { Discount } from '../../../src/engine/rulebook/discount';
import { matches, readCart } from '../../reference/cart';
import { type Case, cases, unitCases } from '../../reference/generated/cases';
import { ask, law } from '../../support/laws';

/** Catalogs of one discount for all, of any kind; nothing but the lines decides what it takes. */
const alone: fc.Arbitrary<Case> = fc.oneof(cases, unitCases).map(({ catalog, request, at, facts }) => {
  const [discount] = [...catalog.promotions.flatMap(({ discounts }) => discounts), ...catalog.discounts];
  const discounts = discount === undefined ? [] : [alwaysThere(discount)];
  return { catalog: { ...catalog, promotions: [], discounts }, request, at, facts };
});

function alwaysThere(discount: Discount): Discount {
  const { status, startsAt, recipients, conditions, ...rest } = discount;
  return { ...rest, value: rising(rest.value) };
}

/** Higher tiers give more, so that more units never give less. */
function rising(value: DiscountValue): DiscountValue {
  switch (value.type) {
    case 'tiered_percent': {
      const percents = value.tiers.map(({ percent }) => percent).sort((a, b) => Number(a) - Number(b));
      const tiers = value.tiers.toSorted(byFrom).map(({ from }, index) => ({ from, percent: percents[index] ?? '1' }));
      return { ...value, tiers };
    }
    case 'tiered_amount_off': {
      const [amounts] = value.tiers.map((tier) => tier.amounts);
      return { ...value, tiers: value.tiers.map(({ from }) => ({ from, amounts: amounts ?? {} })) };
    }
    default:
      return value;
  }
}

function byFrom(a: { from: unknown }, b: { from: unknown }): number {
  const least = (from: unknown): number => (typeof from === 'number' ? from : Number(Object.values(from as object)[0]));
  return least(a.from) - least(b.from);
}

function totalOf(given: Case, lines: readonly CartLine[]): bigint {
  const request = { ...given.request, lines: lines.map((line, index) => ({ ...line, id: `line${index}` })) };
  return BigInt(parseMoney(ask({ ...given, request }).totals.total));
}

/** Of units that cost the same, those of the earlier line are chosen, and their lines may differ otherwise. */
function withoutTies({ catalog, request }: Case): readonly CartLine[] {
  const selectsUnits = catalog.discounts.some(
    ({ buy, maxUnits, value }) => buy !== undefined || maxUnits !== undefined || value.type === 'set_price',
  );
  if (!selectsUnits) return request.lines;
  const byPrice = new Map(request.lines.map((line) => [parseMoney(line.unitPrice), line]));
  return [...byPrice.values()];
}

/**
 * Whether a bundle could buy some of the units that the discount frees, but not all of them. There a gift that is bought
 * leaves a cheaper unit to be freed than before.
 */
function overlapsPartly({ catalog, request, at }: Case): boolean {
  const lines = readCart(request, at, catalog.plans, catalog.provider.settings.roundingMode);
  return catalog.discounts.some(({ buy, selector }) => {
    const own = lines.filter((line) => matches(selector, line));
    const shared = own.filter((line) => matches(buy?.selector, line));
    return buy !== undefined && shared.length > 0 && shared.length < own.length;
  });
}

describe('with one discount', () => {
  const places = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });

  law('the order of the lines changes no total', fc.tuple(alone, places), ([given, order]) => {
    const lines = withoutTies(given);
    const reordered = lines
      .map((line, index) => ({ line, place: order[index] ?? 0 }))
      .sort((a, b) => a.place - b.place)
      .map(({ line }) => line);
    expect(totalOf(given, reordered)).toBe(totalOf(given, lines));
  });

  law('a unit at 0.00 more raises no total', fc.tuple(alone, cases, fc.nat()), ([given, other, place]) => {
    fc.pre(!overlapsPartly(given));
    const lines = withoutTies(given);
    const { minUnitPrice, setupFee, ...like } = other.request.lines[0] as CartLine;
    const gift: CartLine = { ...like, unitPrice: '0.00', quantity: 1 };
    const total = totalOf(given, lines.toSpliced(place % (lines.length + 1), 0, gift));
    expect(total <= totalOf(given, lines)).toBe(true);
  });

  law('a bundle takes no unit that is free and gives none away', alone, (given) => {
    const answer = ask(given);
    const free = given.request.lines.flatMap(({ unitPrice }, index) => (Number(unitPrice) === 0 ? index : []));
    for (const index of free) expect(answer.lines[index]?.discounts).toEqual([]);
  });
});
