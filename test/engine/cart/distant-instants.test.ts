import { RequestRefused } from '../../../src/engine/vocabulary/problem';
import { AT, quoteOf } from '../../support/builders';

const subscription = {
  id: 's',
  price: '10.00',
  currency: 'EUR',
  interval: { unit: 'month', length: 1 },
  startedAt: '2024-01-01T00:00:00Z',
  nextBookingAt: '2024-07-01T00:00:00Z',
} as const;

function refusalOf(cart: Parameters<typeof quoteOf>[1]): unknown {
  try {
    return quoteOf({}, cart);
  } catch (error) {
    return error instanceof RequestRefused ? [error.code, error.errors.map(({ pointer }) => pointer)] : error;
  }
}

describe('instants far from the quote', () => {
  test.each(['2124-06-12T10:00:00Z', '1924-06-13T10:00:00Z'])('%s is within a hundred years', (instant) => {
    const subscriptions = [{ ...subscription, nextBookingAt: instant, termEndsAt: instant }];
    expect(refusalOf({ at: AT, lines: [{ startsAt: instant }], subscriptions })).toMatchObject({ currency: 'EUR' });
  });

  test.each([
    '2124-06-14T10:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('%s is not, and is refused where it stands', (instant) => {
    const subscriptions = [subscription, { ...subscription, id: 't', nextBookingAt: instant, termEndsAt: instant }];
    expect(refusalOf({ at: AT, lines: [{}, { id: 'b', startsAt: instant }], subscriptions })).toEqual([
      'out_of_range',
      ['/lines/1/startsAt', '/subscriptions/1/nextBookingAt', '/subscriptions/1/termEndsAt'],
    ]);
  });
});

describe('grants at the end of time', () => {
  test('a grant ends no later than can be written', () => {
    const value = { type: 'percent', percent: '10' } as const;
    const discounts = [{ value, validity: { unit: 'year', length: 100 } as const }];
    const at = '9990-01-01T00:00:00Z';
    expect(quoteOf({ discounts }, { at }).discounts).toMatchObject([{ validUntil: '9999-12-31T23:59:59.999Z' }]);
  });
});
