import type { Forecast } from '../../../src/engine/forecast/answer';
import { prepareForecast } from '../../../src/engine/forecast/forecast';
import {
  amountOff,
  type CartRequest,
  factsOf,
  percent,
  quoteOf,
  type Rules,
  requestOf,
  rulebookOf,
} from '../../support/builders';
import { month, monthly, year, yearly } from '../../support/changes';

const AT = '2026-01-31T00:00:00Z';
const line = { id: 'a', unitPrice: '10.00', period: month };

/** Foretells a cart of one monthly line, but for what is said. */
function foretell(rules: Rules, cart: CartRequest = {}, payments = 3): Omit<Forecast, 'quote'> & { total: string } {
  const request = requestOf({ at: AT, lines: [line], ...cart });
  const prepared = prepareForecast({ quote: request, payments }, Date.parse(request.at ?? ''), rulebookOf(rules));
  const { quote, ...told } = prepared.evaluate(factsOf(rules));
  return { ...told, total: quote.totals.total };
}

/** Each payment as `date total`. */
function timeline(rules: Rules, cart: CartRequest = {}, payments?: number): string[] {
  return foretell(rules, cart, payments).forecast.map(({ at, total }) => `${at.slice(0, 10)} ${total}`);
}

/** What changes at each payment, in words. */
function changes(rules: Rules, cart: CartRequest = {}, payments?: number): string[] {
  return foretell(rules, cart, payments).forecast.flatMap(({ at, changes: list }) =>
    list.map(({ lineId, discountId, change, before = '', after = '' }) =>
      [at.slice(5, 10), lineId, discountId, change, `${before}>${after}`].join(' '),
    ),
  );
}

describe('when lines renew', () => {
  test('when lines renew is at the end of their periods, on the anchor day', () => {
    expect(foretell({}).forecast).toEqual(
      [
        ['2026-02-28', '2026-03-30'],
        ['2026-03-31', '2026-04-29'],
        ['2026-04-30', '2026-05-30'],
      ].map(([from, to]) => ({
        at: `${from}T00:00:00Z`,
        total: '10.00',
        lines: [{ lineId: 'a', from, to, subtotal: '10.00', discount: '0.00', total: '10.00', discounts: [] }],
        changes: [],
      })),
    );
  });

  test('when lines renew is so often for each line, and one payment where it is at the same instant', () => {
    const lines = [
      line,
      { id: 'b', unitPrice: '1.00', period: { unit: 'month' as const, length: 2 } },
      { id: 'c', period: year },
    ];
    const { forecast } = foretell({}, { lines }, 2);
    expect(
      forecast.map(({ at, total, lines: own }) => [at.slice(0, 10), total, own.map(({ lineId }) => lineId).join()]),
    ).toEqual([
      ['2026-02-28', '10.00', 'a'],
      ['2026-03-31', '11.00', 'a,b'],
      ['2026-05-31', '1.00', 'b'],
      ['2027-01-31', '20.00', 'c'],
      ['2028-01-31', '20.00', 'c'],
    ]);
  });

  test('when lines renew is never for a line without a period', () => {
    expect(foretell({}, { lines: [{ id: 'a' }] }).forecast).toEqual([]);
  });

  test('when lines renew counts from the start of a line that begins at another time, and leaves out what is past', () => {
    expect(timeline({}, { lines: [{ ...line, startsAt: '2026-03-10T00:00:00Z' }] }, 2)).toEqual([
      '2026-04-10 10.00',
      '2026-05-10 10.00',
    ]);
    expect(timeline({}, { lines: [{ ...line, startsAt: '2025-11-30T00:00:00Z' }] }, 2)).toEqual([
      '2026-02-28 10.00',
      '2026-03-30 10.00',
    ]);
  });

  test("when lines renew is at the provider's local hour, whatever the clocks do", () => {
    const { forecast } = foretell({ timeZone: 'Europe/Berlin' }, { at: '2026-02-28T23:30:00Z' }, 2);
    expect(forecast.map(({ at, lines }) => [at, lines[0]?.from, lines[0]?.to])).toEqual([
      ['2026-03-31T22:30:00Z', '2026-04-01', '2026-04-30'],
      ['2026-04-30T22:30:00Z', '2026-05-01', '2026-05-31'],
    ]);
  });

  test('when lines renew is not beyond the year 9999', () => {
    const { forecast } = foretell({}, { at: '9999-10-31T00:00:00Z' });
    expect(forecast.map(({ lines }) => [lines[0]?.from, lines[0]?.to])).toEqual([
      ['9999-11-30', '9999-12-30'],
      ['9999-12-31', undefined],
    ]);
  });
});

test('a forecast of more instants than three years of twenty lines is refused', () => {
  const lines = Array.from({ length: 21 }, (_, index) => ({
    ...line,
    id: `line-${index}`,
    startsAt: `2026-02-${String(index + 1).padStart(2, '0')}T00:00:00Z`,
  }));
  expect(foretell({}, { lines: lines.slice(1) }, 36).forecast).toHaveLength(720);
  expect(() => foretell({}, { lines }, 36)).toThrow(/756 renewals/);
});

describe('lines that change over renew', () => {
  const renewals = (
    transition: 'immediately_prorated' | 'next_booking' | 'immediately_invoice_next_booking' | 'last_booking',
  ) =>
    timeline(
      { upgradePaths: [{ transition }] },
      {
        at: '2024-03-11T10:00:00Z',
        lines: [{ ...yearly, period: month, unitPrice: '30.00' }],
        subscriptions: [monthly],
      },
      2,
    );

  test('one period after the first that is whole', () => {
    for (const transition of ['immediately_prorated', 'next_booking', 'immediately_invoice_next_booking'] as const) {
      expect(renewals(transition)).toEqual(['2024-05-01 30.00', '2024-06-01 30.00']);
    }
    expect(renewals('last_booking')).toEqual(['2024-04-01 30.00', '2024-05-01 30.00']);
  });

  test('lines that change over renew not before a subscription is chosen, which is told', () => {
    const subscriptions = [monthly, { ...monthly, id: 'sub-2' }];
    const cart = { at: '2024-03-11T10:00:00Z', lines: [yearly], subscriptions };
    const { forecast, assumptions } = foretell({ upgradePaths: [{}] }, cart);
    expect(forecast).toEqual([]);
    expect(assumptions.join()).toMatch(/must be chosen first/);
  });
});

describe('what a renewal costs', () => {
  test('what a renewal costs is by the rules of its day: windows open and close', () => {
    const rules: Rules = {
      promotions: [{ startsAt: '2026-03-01T00:00:00Z', endsAt: '2026-04-01T00:00:00Z', discounts: [percent('20')] }],
    };
    expect(timeline(rules)).toEqual(['2026-02-28 10.00', '2026-03-31 8.00', '2026-04-30 10.00']);
    expect(changes(rules)).toEqual([
      '03-31 a promotion-1-discount-1 begins >2.00',
      '04-30 a promotion-1-discount-1 ends 2.00>',
    ]);
  });

  test('what a renewal costs is by the rules for renewals, without a setup fee and without codes', () => {
    const rules: Rules = {
      promotions: [
        { conditions: [{ type: 'promo_code' }], codes: ['TEN'], discounts: [percent('10')] },
        { discounts: [{ ...percent('5'), selector: { actions: ['renewal'] } }] },
      ],
      settings: { combination: 'sum' },
    };
    const cart = { lines: [{ ...line, setupFee: '7.00' }], promoCodes: ['TEN'] };
    expect(foretell(rules, cart).total).toBe('16.00');
    expect(timeline(rules, cart, 2)).toEqual(['2026-02-28 9.50', '2026-03-31 9.50']);
    expect(foretell(rules, cart).assumptions.join()).toMatch(/not sent again/);
    expect(changes(rules, cart, 2)).toEqual([
      '02-28 a promotion-1-discount-1 ends 1.00>',
      '02-28 a promotion-2-discount-1 begins >0.50',
    ]);
  });

  test('what a renewal costs is what the customer keeps by the grants that redeeming would record, named or not', () => {
    const rules: Rules = {
      promotions: [
        {
          conditions: [{ type: 'promo_code' }],
          codes: ['HALF'],
          discounts: [{ ...percent('50'), validity: { unit: 'month', length: 2 } }],
        },
      ],
    };
    for (const customer of [undefined, {}, { id: 'ann' }]) {
      const cart = { promoCodes: ['HALF'], ...(customer && { customer }) };
      expect(timeline(rules, cart)).toEqual(['2026-02-28 5.00', '2026-03-31 10.00', '2026-04-30 10.00']);
    }
  });

  test('what a renewal costs ends where limits are reached on the way', () => {
    const limited = (limits: object, usage = {}): Rules => ({
      promotions: [{ limits, discounts: [percent('50')] }],
      usage: { 'promotion-1': usage },
    });
    const half = (rules: Rules, cart?: CartRequest) =>
      [foretell(rules, cart).total, ...timeline(rules, cart)].map((text) => text.split(' ').at(-1));
    expect(half(limited({ total: 2 }))).toEqual(['5.00', '5.00', '10.00', '10.00']);
    expect(half(limited({ total: 3 }, { total: 1 }))).toEqual(['5.00', '5.00', '10.00', '10.00']);
    expect(half(limited({ perCustomer: 3 }))).toEqual(['5.00', '5.00', '5.00', '10.00']);
    expect(half(limited({ perCustomer: 3 }, { customer: 2 }), { customer: { id: 'ann' } })).toEqual([
      '5.00',
      '10.00',
      '10.00',
      '10.00',
    ]);
    expect(half(limited({ budget: { EUR: '12.00' } }))).toEqual(['5.00', '5.00', '10.00', '10.00']);
  });

  test('what a renewal costs grows with the ages of the customer, and leaves the other facts as they were sent', () => {
    const rules: Rules = {
      promotions: [
        {
          conditions: [{ type: 'registration_age', comparison: 'gte', period: { unit: 'month', length: 2 } }],
          discounts: [percent('10')],
        },
      ],
    };
    const customer = { registeredAt: '2026-01-15T00:00:00Z' };
    expect(timeline(rules, { customer })).toEqual(['2026-02-28 10.00', '2026-03-31 9.00', '2026-04-30 9.00']);
  });

  test('what a renewal costs is by unsaved rules, too', () => {
    const draft = { discounts: [{ name: 'Ten', ...percent('10') }] };
    expect(timeline({}, { draft }, 1)).toEqual(['2026-02-28 9.00']);
    expect(foretell({}, { draft }).assumptions.join()).toMatch(/unsaved/);
  });
});

describe('changes', () => {
  test('changes tell the amounts on each line, and of a line with its payment before', () => {
    const rules: Rules = {
      discounts: [{ ...amountOff('3.00'), scope: 'order' }],
      settings: { combination: 'sum' },
    };
    const lines = [line, { id: 'b', unitPrice: '20.00', period: { unit: 'month' as const, length: 2 } }];
    expect(changes(rules, { lines }, 2)).toEqual([
      '02-28 a discount-1 amount 1.00>3.00',
      '03-31 a discount-1 amount 3.00>1.00',
      '05-31 b discount-1 amount 2.00>3.00',
    ]);
  });
});

test('discounts are named as in a quote', () => {
  const rules: Rules = { promotions: [{ title: { en: 'Spring' }, discounts: [{ name: 'Ten', ...percent('10') }] }] };
  expect(foretell(rules, {}, 1).forecast[0]?.lines[0]?.discounts).toEqual([
    { discountId: 'promotion-1-discount-1', name: 'Ten', title: 'Spring', amount: '1.00' },
  ]);
});

test('the quote is that of the cart, and its first payment is due at its instant', () => {
  const request = requestOf({ at: AT, lines: [line], promoCodes: ['NONE'], explain: 'all' });
  const rules: Rules = { promotions: [{ discounts: [percent('10')] }] };
  const { quote } = prepareForecast({ quote: request, payments: 2 }, Date.parse(AT), rulebookOf(rules)).evaluate(
    factsOf(rules),
  );
  expect(quote).toEqual(quoteOf(rules, request));
  expect(quote.payments[0]).toMatchObject({ at: AT, amount: quote.totals.total });
});
