import fc from 'fast-check';
import type { CartLine } from '../../src/engine/cart/cart';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';

/** A provider with promotions, and a cart that is ordered there. */
export interface OrderCase {
  readonly settings: object;
  readonly timeZone: string;
  readonly promotions: readonly object[];
  readonly quote: QuoteRequest;
}

/** The instants of orders: the end of a month, and ordinary days before and after clocks change. */
const INSTANTS = ['2026-01-31T10:00:00Z', '2026-03-11T22:30:00Z', '2025-10-15T00:00:00Z'];
const SOON = ['2026-02-15T00:00:00Z', '2026-04-01T00:00:00Z', '2026-05-31T10:00:00Z'];

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, one: number) =>
  fc.option(arbitrary, { nil: undefined, freq: one - 1 });
const month = (length: number) => ({ unit: 'month' as const, length });

const value = fc.oneof(
  fc.constantFrom('10', '33.33', '50', '100').map((percent) => ({ type: 'percent', percent })),
  fc.constantFrom('1.00', '4.99', '30.00').map((amount) => ({ type: 'amount_off', amounts: { EUR: amount } })),
  fc.constantFrom('3.00', '9.50').map((price) => ({ type: 'special_price', prices: { EUR: price } })),
);

const discount = fc.record(
  {
    name: fc.constantFrom('One', 'Two'),
    value,
    scope: fc.constantFrom('line', 'unit'),
    validity: fc.constantFrom(month(1), month(2), { unit: 'day' as const, length: 45 }),
    coverage: fc.constantFrom('whole_period', 'until_end'),
    selector: fc.constantFrom({ serviceTypes: ['vps'] }, { actions: ['renewal'] }, { actions: ['order'] }),
    maxUnits: fc.constant(1),
    payments: fc.integer({ min: 1, max: 4 }),
    keptFor: fc.constantFrom('customer', 'service'),
  },
  { requiredKeys: ['name', 'value'] },
);

/** What the order could not take stays for the renewals. */
const voucher = fc.record(
  {
    name: fc.constant('Voucher'),
    value: fc.constantFrom('7.00', '45.00').map((amount) => ({ type: 'amount_off', amounts: { EUR: amount } })),
    scope: fc.constant('order'),
    carryOver: fc.constant(true),
    validity: fc.constant(month(3)),
  },
  { requiredKeys: ['name', 'value', 'scope', 'carryOver'] },
);

const promotion = fc.record(
  {
    name: fc.constant('Generated'),
    priority: fc.integer({ min: 0, max: 2 }),
    exclusive: fc.constantFrom(false, false, true),
    startsAt: fc.constantFrom('2025-01-01T00:00:00Z', ...SOON),
    endsAt: fc.constantFrom('2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z'),
    limits: fc.oneof(
      fc.integer({ min: 1, max: 3 }).map((total) => ({ total })),
      fc.integer({ min: 1, max: 3 }).map((perCustomer) => ({ perCustomer })),
      fc.constantFrom('5.00', '20.00').map((amount) => ({ budget: { EUR: amount } })),
    ),
    conditions: fc.constantFrom(
      [{ type: 'promo_code' }],
      [{ type: 'registration_age', comparison: 'gte', period: month(2) }],
      [{ type: 'cart_total', comparison: 'gte', amounts: { EUR: '15.00' } }],
      [{ type: 'purchase', selector: {} }],
    ),
    discounts: fc
      .array(fc.oneof({ weight: 4, arbitrary: discount }, { weight: 1, arbitrary: voucher }), {
        minLength: 1,
        maxLength: 2,
      })
      .map((list) => list.map((one, index) => ({ ...one, name: `${one.name} ${index}` }))),
  },
  { requiredKeys: ['name', 'discounts'] },
);

const line: fc.Arbitrary<Omit<CartLine, 'id'>> = fc.record(
  {
    serviceType: fc.constantFrom('vps', 'hosting'),
    unitPrice: fc.constantFrom('9.95', '10.00', '24.00'),
    quantity: fc.integer({ min: 1, max: 3 }),
    setupFee: fc.constant('5.00'),
    minUnitPrice: fc.constant('2.00'),
    period: fc.constantFrom(month(1), month(1), month(2), { unit: 'day' as const, length: 30 }, undefined),
    serviceId: fc.constantFrom('server-1', 'server-2'),
    startsAt: fc.constantFrom('2026-02-05T00:00:00Z', '2026-03-31T00:00:00Z'),
  },
  { requiredKeys: ['serviceType', 'unitPrice'] },
);

/** Orders of customers who are named. */
export const orders: fc.Arbitrary<OrderCase> = fc
  .record({
    combination: fc.constantFrom('best', 'sum', 'sequence'),
    timeZone: fc.constantFrom('UTC', 'UTC', 'Europe/Berlin'),
    promotions: fc.array(promotion, { minLength: 1, maxLength: 4 }),
    at: fc.constantFrom(...INSTANTS),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    registeredAt: sometimes(fc.constant('2026-01-01T00:00:00Z'), 2),
    sendsCode: fc.boolean(),
  })
  .map(({ combination, timeZone, promotions, at, lines, registeredAt, sendsCode }) => ({
    settings: { combination },
    timeZone,
    promotions: JSON.parse(JSON.stringify(promotions)),
    quote: JSON.parse(
      JSON.stringify({
        currency: 'EUR',
        at,
        customer: { id: 'ann', registeredAt },
        ...(sendsCode && { promoCodes: ['CODE-0'] }),
        lines: lines.map((one, index) => ({ id: `line-${index}`, ...one })),
      }),
    ),
  }));
