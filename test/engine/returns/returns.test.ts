import fc from 'fast-check';
import { type Money, parseMoney } from '../../../src/engine/money/money';
import type { Quote } from '../../../src/engine/quote/answer';
import type { Refund, ReturnRequest } from '../../../src/engine/returns/answer';
import { type Return, type ReturnableOrder, takeBack } from '../../../src/engine/returns/returns';
import { RequestRefused } from '../../../src/engine/vocabulary/problem';
import { wideCases } from '../../reference/generated/cases';
import { amountOff, type CartRequest, percent, quoteOf, type Rules, requestOf } from '../../support/builders';
import { ask, law } from '../../support/laws';

function orderOf(rules: Rules, cart: CartRequest): ReturnableOrder {
  return { lines: requestOf(cart).lines, quote: quoteOf(rules, cart), returned: undefined };
}

/** Takes parts back one after the other; answers what each brought. */
function steps(order: ReturnableOrder, ...requests: ReturnRequest[]): Return[] {
  let returned: Refund | undefined;
  return requests.map((request) => {
    const made = takeBack({ ...order, returned }, request);
    returned = made.returned;
    return made;
  });
}

/** The errors of a request that is refused. */
function refused(order: ReturnableOrder, request: ReturnRequest): string[] {
  try {
    takeBack(order, request);
  } catch (error) {
    if (error instanceof RequestRefused) return error.errors.map(({ pointer, code }) => `${pointer} ${code}`);
    throw error;
  }
  throw new Error('Nothing was refused');
}

const units = (lineId: string, quantity: number): ReturnRequest => ({ lines: [{ lineId, quantity }] });
const amounts = (made: readonly Return[]) => made.map(({ refund }) => refund.total);

describe('what units bring', () => {
  test('3 × 3.50 less 0.50 are 10.00: two units 6.67, the third 3.33', () => {
    const order = orderOf({ discounts: [amountOff('0.50')] }, { lines: [{ id: 'a', unitPrice: '3.50', quantity: 3 }] });
    expect(amounts(steps(order, units('a', 2), units('a', 1)))).toEqual(['6.67', '3.33']);
    expect(amounts(steps(order, units('a', 1), units('a', 1), units('a', 1)))).toEqual(['3.34', '3.33', '3.33']);
  });

  test.each([
    ['JPY', '100', ['34', '33', '33']],
    ['KWD', '10.000', ['3.334', '3.333', '3.333']],
  ])('what units bring in %s the smallest coin is shared: %s over three', (currency, unitPrice, expected) => {
    // Three units of which the first alone costs something.
    const rules = {
      discounts: [{ value: { type: 'special_price', prices: { [currency]: '0' } } as const, maxUnits: 2 }],
    };
    const order = orderOf(rules, { currency, lines: [{ id: 'a', unitPrice, quantity: 3 }] });
    expect(amounts(steps(order, units('a', 1), units('a', 1), units('a', 1)))).toEqual(expected);
  });

  test('a thousand million units come back without being counted one by one', () => {
    const order = orderOf({}, { lines: [{ id: 'a', unitPrice: '0.01', quantity: 1_000_000_000 }] });
    expect(amounts(steps(order, units('a', 999_999_999), units('a', 1)))).toEqual(['9999999.99', '0.01']);
  });
});

describe('setup fees', () => {
  const lines = [
    { id: 'a', unitPrice: '10.00', setupFee: '5.00' },
    { id: 'b', unitPrice: '20.00', setupFee: '7.00', quantity: 2 },
    { id: 'c', unitPrice: '30.00' },
  ];
  const order = orderOf({}, { lines });

  test('setup fees come back with the lines that are named, and with none only where they are asked for', () => {
    const [without, withFee] = steps(order, units('b', 1), { ...units('b', 1), setup: true });
    expect(without?.refund).toEqual({ total: '20.00', lines: [{ lineId: 'b', quantity: 1, amount: '20.00' }] });
    expect(withFee?.refund.lines).toEqual([{ lineId: 'b', quantity: 1, amount: '27.00', setup: '7.00' }]);
  });

  test('all that are left come back where no line is named', () => {
    const [first, rest] = steps(order, { ...units('a', 1), setup: true }, { lines: [], setup: true });
    expect(first?.refund.total).toBe('15.00');
    expect(rest?.refund).toEqual({
      total: '7.00',
      lines: [{ lineId: 'b', quantity: 0, amount: '7.00', setup: '7.00' }],
    });
  });

  test('setup fees keep an order open until they are back, unless they cost nothing', () => {
    const all = { lines: ['a', 'b', 'c'].map((lineId) => ({ lineId, quantity: lineId === 'b' ? 2 : 1 })) };
    const [everyUnit, fees] = steps(order, all, { lines: [], setup: true });
    expect([everyUnit?.isWhole, fees?.isWhole]).toEqual([false, true]);
    const waived = orderOf({ discounts: [{ ...percent('100'), charges: ['setup'] }] }, { lines });
    expect(steps(waived, all)[0]?.isWhole).toBe(true);
  });

  test('setup fees are refused where none is left', () => {
    const [first] = steps(order, { ...units('a', 1), setup: true });
    const later = { ...order, returned: first?.returned };
    expect(refused(order, { ...units('c', 1), setup: true })).toEqual(['/setup more_than_left']);
    expect(refused(later, { ...units('a', 1), setup: true })).toEqual([
      '/lines/0/quantity more_than_left',
      '/setup more_than_left',
    ]);
  });
});

test('every error of a return is told', () => {
  const order = orderOf({}, { lines: [{ id: 'a', quantity: 2 }, { id: 'b' }] });
  const lines = [
    { lineId: 'a', quantity: 3 },
    { lineId: 'x', quantity: 1 },
    { lineId: 'b', quantity: 1 },
    { lineId: 'b', quantity: 1 },
  ];
  expect(refused(order, { lines })).toEqual([
    '/lines/0/quantity more_than_left',
    '/lines/1/lineId unknown_line',
    '/lines/3/lineId duplicate_id',
  ]);
  expect(refused(order, { lines: [] })).toEqual(['/lines nothing_to_return']);
  expect(refused(order, { lines: [], setup: false })).toEqual(['/lines nothing_to_return']);
});

test('budgets get back what their own discounts took off the units, a grant gives nothing back', () => {
  const discount = { id: 'kept', ...amountOff('1.00'), validity: { unit: 'month', length: 1 } } as const;
  const rules: Rules = {
    settings: { combination: 'sum' },
    promotions: [
      { id: 'own', discounts: [amountOff('0.50'), { ...percent('10'), charges: ['setup'] }] },
      { id: 'promised', endsAt: '2020-01-01T00:00:00Z', discounts: [discount] },
    ],
    grants: [{ id: 'g', version: 1, discountId: 'kept', startsAt: '2024-06-01T00:00:00Z' }],
  };
  const cart = { customer: { id: 'anna' }, lines: [{ id: 'a', unitPrice: '3.50', quantity: 3, setupFee: '8.00' }] };
  const made = steps(orderOf(rules, cart), units('a', 1), { lines: [], setup: true }, units('a', 2));
  expect(made.map(({ budgets }) => [...budgets])).toEqual([[['own', '0.17']], [['own', '0.80']], [['own', '0.33']]]);
});

/** Splits each line of a cart at random places, and takes the parts back in an order of their own. */
const splits = fc.array(fc.record({ line: fc.nat(), part: fc.double({ min: 0.01, max: 1, noNaN: true }) }), {
  maxLength: 12,
});

function partsOf({ lines }: ReturnableOrder, wanted: readonly { line: number; part: number }[]): ReturnRequest[] {
  const left = lines.map(({ quantity = 1 }) => quantity);
  const parts = wanted.flatMap(({ line, part }): ReturnRequest[] => {
    const place = line % lines.length;
    const quantity = Math.min(left[place] ?? 0, Math.ceil((lines[place]?.quantity ?? 1) * part));
    if (quantity === 0) return [];
    left[place] = (left[place] ?? 0) - quantity;
    return [units(lines[place]?.id ?? '', quantity)];
  });
  const rest = lines.flatMap(({ id }, place) =>
    (left[place] ?? 0) > 0 ? [{ lineId: id, quantity: left[place] ?? 0 }] : [],
  );
  return rest.length > 0 ? [...parts, { lines: rest }] : parts;
}

const sum = (list: readonly Money[]) => list.reduce((total, amount) => total + BigInt(parseMoney(amount)), 0n);
const takenOff = (quote: Pick<Quote, 'lines'>) =>
  quote.lines.flatMap(({ discounts, setup }) => [...discounts, ...(setup?.discounts ?? [])]);

law(
  'returning everything, in any number of steps, pays back exactly the total',
  fc.tuple(wideCases, splits),
  ([given, wanted]) => {
    const quote = ask(given);
    const order = { lines: given.request.lines, quote, returned: undefined };
    if (order.lines.length === 0) return;
    const hasFee = quote.lines.some(({ setup }) => setup !== undefined && parseMoney(setup.total) > 0);
    const requests = [...partsOf(order, wanted), ...(hasFee ? [{ lines: [], setup: true }] : [])];
    const made = steps(order, ...requests);
    expect(sum(made.map(({ refund }) => refund.total))).toBe(sum([quote.totals.total]));
    expect(made.map(({ isWhole }) => isWhole)).toEqual(requests.map((_, place) => place === requests.length - 1));
    expect(made.at(-1)?.returned.total).toBe(quote.totals.total);
    for (const { refund } of made) {
      expect(refund.lines.every(({ amount }) => parseMoney(amount) >= 0)).toBe(true);
      expect(sum(refund.lines.map(({ amount }) => amount))).toBe(sum([refund.total]));
    }
    // Fees that cost nothing stay behind, and their discounts with them.
    const waived = hasFee
      ? 0n
      : sum(
          quote.lines
            .flatMap(({ setup }) => setup?.discounts ?? [])
            .filter(isOwn)
            .map(({ amount }) => amount),
        );
    const returned = sum(made.flatMap(({ budgets }) => [...budgets.values()]));
    expect(returned + waived).toBe(
      sum(
        takenOff(quote)
          .filter(isOwn)
          .map(({ amount }) => amount),
      ),
    );
  },
);

function isOwn({ promotionId, grantId }: { promotionId?: string; grantId?: string }): boolean {
  return promotionId !== undefined && grantId === undefined;
}
