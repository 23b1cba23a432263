import fc from 'fast-check';
import type { Totals } from '../../../src/engine/decision/quoted-line';
import type { Facts } from '../../../src/engine/judging/facts';
import { integerOf } from '../../../src/engine/money/integer';
import { formatMoney, type Money, minorDigits, parseMoney } from '../../../src/engine/money/money';
import { roundMoney } from '../../../src/engine/money/rounding';
import type { Quote } from '../../../src/engine/quote/answer';
import type { Evaluation } from '../../../src/engine/quote/evaluation';
import { quote } from '../../../src/engine/quote/quote';
import { compileRulebook } from '../../../src/engine/rulebook/compile';
import type { Discount } from '../../../src/engine/rulebook/discount';
import type { Promotion } from '../../../src/engine/rulebook/promotion';
import type { Catalog } from '../../../src/engine/rulebook/saved';
import { addPeriod, addPeriods } from '../../../src/engine/time/calendar';
import { formatInstant, parseInstant } from '../../../src/engine/time/instant';
import { type Case, cases, wideCases } from '../../reference/generated/cases';
import { ask, law } from '../../support/laws';

function millionthsOf(money: Money): bigint {
  return BigInt(parseMoney(money));
}

function sum(amounts: readonly string[]): bigint {
  return amounts.reduce((total, amount) => total + millionthsOf(amount), 0n);
}

function allTotals({ lines, totals }: Omit<Quote, 'digest'>): Totals[] {
  return [totals, ...lines, ...lines.flatMap(({ setup }) => setup ?? [])];
}

describe('amounts', () => {
  law('the parts of a line add up to its discount', wideCases, (given) => {
    for (const line of ask(given).lines) {
      expect(sum(line.discounts.map(({ amount }) => amount))).toBe(millionthsOf(line.discount));
    }
  });

  law('the discounts add up to the whole', wideCases, (given) => {
    const { discounts, totals } = ask(given);
    expect(sum(discounts.map(({ amount }) => amount))).toBe(millionthsOf(totals.discount));
  });

  law('the lines and their setup fees add up to the totals', wideCases, (given) => {
    const { lines, totals } = ask(given);
    const parts = lines.flatMap((line) => [line, ...(line.setup === undefined ? [] : [line.setup])]);
    for (const key of ['subtotal', 'discount', 'total'] as const) {
      expect(sum(parts.map((part) => part[key]))).toBe(millionthsOf(totals[key]));
    }
  });

  law('a total is a subtotal less its discount, between zero and the subtotal', wideCases, (given) => {
    for (const { subtotal, discount, total } of allTotals(ask(given))) {
      expect(millionthsOf(subtotal) - millionthsOf(discount)).toBe(millionthsOf(total));
      expect(millionthsOf(total) >= 0n && millionthsOf(total) <= millionthsOf(subtotal)).toBe(true);
    }
  });

  law('no discount brings a line below its floor', wideCases, (given) => {
    const { lines } = ask(given);
    given.request.lines.forEach(({ minUnitPrice = '0', quantity = 1 }, index) => {
      const { subtotal = '0', total = '0' } = lines[index] ?? {};
      const floor = millionthsOf(minUnitPrice) * BigInt(quantity);
      const isKept = millionthsOf(total) >= floor || total === subtotal;
      expect(isKept).toBe(true);
    });
  });

  law('every amount carries the digits of the currency', wideCases, (given) => {
    const digits = minorDigits(given.request.currency);
    for (const { subtotal, discount, total } of allTotals(ask(given))) {
      for (const amount of [subtotal, discount, total]) expect(amount.split('.')[1]?.length ?? 0).toBe(digits);
    }
  });
});

describe('the catalog', () => {
  const orders = fc.array(fc.nat(), { minLength: 24, maxLength: 24 });

  law('the order of its rows changes no price', fc.tuple(cases, orders), ([given, order]) => {
    const { lines, totals, discounts } = ask(given);
    expect(ask(reordered(given, order))).toMatchObject({ lines, totals, discounts });
  });

  law('the order of its rows changes no explanation', fc.tuple(cases, orders), ([given, order]) => {
    const explained: Case = { ...given, request: { ...given.request, explain: 'all' } };
    expect(JSON.stringify(ask(reordered(explained, order)))).toBe(JSON.stringify(ask(explained)));
  });

  law('a promotion whose condition fails changes nothing', fc.tuple(cases, fc.boolean()), ([given, isOldest]) => {
    const free: Discount = { ...STORED, id: `${isOldest ? 'a' : 'z'}-discount`, name: 'Free', value: ALL };
    const promotion: Promotion = {
      ...STORED,
      id: `${isOldest ? 'a' : 'z'}-promotion`,
      name: 'Never',
      priority: 100,
      exclusive: true,
      conditions: [{ id: 'never', type: 'cart_has_service', selector: { serviceTypes: ['not in any cart'] } }],
      discounts: [free],
    };
    const catalog = { ...given.catalog, promotions: [...given.catalog.promotions, promotion] };
    expect(ask({ ...given, catalog })).toEqual(ask(given));
  });

  law('the same question to the same rules has the same bytes', cases, (given) => {
    const again = structuredClone(given);
    expect(JSON.stringify(ask(again))).toBe(JSON.stringify(ask(given)));
  });

  law('a question changes neither the rules nor the facts', cases, (given) => {
    const before = structuredClone(given);
    const frozen = deepFreeze(given);
    const rulebook = compileRulebook(frozen.catalog);
    const first = quote(frozen.request, frozen.at, rulebook, frozen.facts);
    const second = quote(frozen.request, frozen.at, rulebook, frozen.facts);
    expect(given).toEqual(before);
    const told = ({ quote: answer, uses, grants }: Evaluation): string => JSON.stringify([answer, uses, grants]);
    expect(told(second)).toBe(told(first));
  });

  const percents = fc
    .uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 2 })
    .map((pair) => pair.sort((a, b) => a - b));

  law('a bigger percentage never costs more', fc.tuple(cases, percents), ([given, [less = 1, more = 1]]) => {
    const shape = given.catalog.discounts[0];
    const totals = [less, more].map((tenThousandths) => {
      const percent = formatMoney(tenThousandths, 4);
      const only = { ...STORED, id: 'd', name: 'Only', ...shape, value: { type: 'percent' as const, percent } };
      const catalog = { ...given.catalog, promotions: [], discounts: [only] };
      return millionthsOf(ask({ ...given, catalog }).totals.total);
    });
    expect((totals[1] ?? 0n) <= (totals[0] ?? 0n)).toBe(true);
  });
});

describe('money', () => {
  const units = fc.oneof(
    fc.bigInt({ min: 0n, max: 999_999_999_999n }),
    fc.bigInt({ min: 2n ** 53n - 1_000n, max: 2n ** 60n }),
  );

  law('survives being written and read', fc.tuple(units, fc.nat({ max: 6 })), ([amount, digits]) => {
    const written = formatMoney(integerOf(amount), digits);
    expect(BigInt(roundMoney(parseMoney(written), digits, 'half_even'))).toBe(amount);
  });

  law('is rounded to the nearest', fc.tuple(units, fc.nat({ max: 6 })), ([millionths, digits]) => {
    const step = 10n ** BigInt(6 - digits);
    for (const mode of ['half_up', 'half_even'] as const) {
      const difference = BigInt(roundMoney(integerOf(millionths), digits, mode)) * step - millionths;
      expect(2n * (difference < 0n ? -difference : difference) <= step).toBe(true);
    }
  });
});

describe('the calendar', () => {
  const instants = fc.integer({ min: Date.parse('1990-01-01T00:00:00Z'), max: Date.parse('2090-01-01T00:00:00Z') });
  const months = fc.integer({ min: 1, max: 60 });
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland');

  law('adding months keeps the anchor day and clamps to the month’s end', fc.tuple(instants, months), ([at, count]) => {
    const start = new Date(at);
    const end = new Date(addPeriods(at, { unit: 'month', length: 1 }, count, 'UTC'));
    const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
    const passed = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
    expect(passed).toBe(count);
    expect(end.getUTCDate()).toBe(Math.min(start.getUTCDate(), lastDay));
    expect(end.toISOString().slice(10)).toBe(start.toISOString().slice(10));
  });

  law('twelve months are a year in every zone', fc.tuple(instants, zones), ([at, zone]) => {
    expect(addPeriod(at, { unit: 'month', length: 12 }, zone)).toBe(addPeriod(at, { unit: 'year', length: 1 }, zone));
  });

  law('many periods of one month are one period of many', fc.tuple(instants, months, zones), ([at, count, zone]) => {
    const many = addPeriods(at, { unit: 'month', length: 1 }, count, zone);
    expect(many).toBe(addPeriod(at, { unit: 'month', length: count }, zone));
  });

  law('an instant survives being written and read', instants, (at) => {
    expect(parseInstant(formatInstant(at))).toBe(at);
  });
});

const STORED = { version: 1, createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };
const ALL = { type: 'percent', percent: '100' } as const;

/** The same rules and facts, their rows in another order. */
function reordered(given: Case, order: readonly number[]): Case {
  const catalog: Catalog = {
    ...given.catalog,
    promotions: shuffled(given.catalog.promotions, order).map((promotion) => ({
      ...promotion,
      conditions: shuffled(promotion.conditions, order),
      discounts: shuffled(promotion.discounts, order),
    })),
    discounts: shuffled(given.catalog.discounts, order),
  };
  const facts: Facts = {
    ...given.facts,
    codes: new Map(shuffled([...given.facts.codes], order)),
    usage: new Map(shuffled([...given.facts.usage], order)),
    grants: shuffled(given.facts.grants, order),
  };
  return { ...given, catalog, facts };
}

function shuffled<T>(rows: readonly T[], order: readonly number[]): T[] {
  return rows
    .map((row, index) => ({ row, place: order[index] ?? 0 }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(entry);
  }
  return value;
}
