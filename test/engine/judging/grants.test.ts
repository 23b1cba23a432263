import type { CartLine } from '../../../src/engine/cart/cart';
import type { GrantFact } from '../../../src/engine/judging/facts';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import {
  amountOff,
  type CartRequest,
  evaluate,
  offEach,
  offOf,
  type PromotionRules,
  percent,
  quoteOf,
  type Rules,
  specialPrice,
} from '../../support/builders';

/** Ranks like a selector of one service type. */
const ANY_SERVICE = { serviceTypes: ['hosting', 'mail'] };
const anna: CartRequest = { customer: { id: 'anna' } };

describe('a discount that the customer keeps', () => {
  const twoMonths = { ...percent('10'), validity: { unit: 'month' as const, length: 2 } };
  const rules: Rules = {
    promotions: [
      {
        id: 'loyal',
        startsAt: '2024-06-01T00:00:00Z',
        endsAt: '2024-07-01T00:00:00Z',
        conditions: [{ type: 'promo_code' }],
        codes: ['LOYAL'],
        discounts: [{ id: 'ten', ...twoMonths }],
      },
    ],
  };
  const grant: GrantFact = {
    id: 'g',
    version: 1,
    discountId: 'ten',
    startsAt: '2024-06-12T10:00:00Z',
    endsAt: '2024-08-12T10:00:00Z',
  };

  test('a discount that the customer keeps says until when, and redeeming records it', () => {
    const { quote, grants } = evaluate(rules, { ...anna, promoCodes: ['LOYAL'] });
    expect(quote.discounts).toMatchObject([{ discountId: 'ten', amount: '2.00', validUntil: '2024-08-12T10:00:00Z' }]);
    expect(grants).toEqual([
      {
        customerId: 'anna',
        discountId: 'ten',
        startsAt: '2024-06-12T10:00:00Z',
        endsAt: '2024-08-12T10:00:00Z',
        terms: { value: { type: 'percent', percent: '10' } },
      },
    ]);
  });

  test("a discount that the customer keeps is kept to the end of a shorter month, on the provider's calendar", () => {
    const until = (at: string, timeZone: string, validity: DiscountInput['validity']) =>
      quoteOf({ timeZone, discounts: [{ validity }] }, { ...anna, at }).discounts[0]?.validUntil;
    expect(until('2024-12-31T12:00:00Z', 'UTC', { unit: 'month', length: 2 })).toBe('2025-02-28T12:00:00Z');
    expect(until('2024-03-30T12:00:00Z', 'Europe/Berlin', { unit: 'day', length: 1 })).toBe('2024-03-31T11:00:00Z');
  });

  test('a discount that the customer keeps applies from the first instant of the grant until before its last, without code or campaign', () => {
    const off = (at: string) => offOf({ ...rules, grants: [grant] }, { ...anna, at });
    expect(off('2024-06-12T09:59:59Z')).toBe('0.00');
    expect(off('2024-06-12T10:00:00Z')).toBe('2.00');
    expect(off('2024-07-20T00:00:00Z')).toBe('2.00');
    expect(off('2024-08-12T09:59:59Z')).toBe('2.00');
    expect(off('2024-08-12T10:00:00Z')).toBe('0.00');
  });

  test('a discount that the customer keeps names the grant and its end, but no code, while it is kept, and is not recorded again', () => {
    const { quote, grants } = evaluate({ ...rules, grants: [grant] }, { ...anna, at: '2024-07-20T00:00:00Z' });
    expect(quote.discounts).toEqual([
      {
        discountId: 'ten',
        promotionId: 'loyal',
        name: 'ten',
        amount: '2.00',
        grantId: 'g',
        validUntil: '2024-08-12T10:00:00Z',
      },
    ]);
    expect(quote.lines[0]?.discounts).toMatchObject([{ discountId: 'ten', grantId: 'g' }]);
    expect(grants).toEqual([]);
  });

  test('a discount that the customer keeps is one among the others', () => {
    const withBetter: Rules = { ...rules, grants: [grant], discounts: [percent('15')] };
    expect(offOf(withBetter, anna)).toBe('3.00');
    expect(offOf({ ...withBetter, settings: { combination: 'sum' } }, anna)).toBe('5.00');
  });

  test('a discount that the customer keeps is that discount, and no other one', () => {
    expect(offOf({ ...rules, grants: [{ ...grant, discountId: 'twenty' }] }, anna)).toBe('0.00');
  });

  test('a discount that the customer keeps stays for the services and customers that it is for', () => {
    const narrow: Rules = {
      discounts: [{ ...twoMonths, id: 'ten', endsAt: '2024-06-30T00:00:00Z', selector: { serviceTypes: ['vps'] } }],
      grants: [grant],
    };
    const at = '2024-07-20T00:00:00Z';
    expect(offOf(narrow, { ...anna, at, lines: [{ serviceType: 'vps' }] })).toBe('2.00');
    expect(offOf(narrow, { ...anna, at, lines: [{ serviceType: 'domain' }] })).toBe('0.00');
  });
});

describe('a grant with other terms than its discount has now', () => {
  const kept: GrantFact = {
    id: 'g',
    version: 1,
    discountId: 'own',
    serviceId: 's',
    startsAt: '2024-06-01T00:00:00Z',
    terms: { ...percent('70'), selector: ANY_SERVICE },
  };
  const cart: CartRequest = {
    ...anna,
    lines: [
      { id: 'large', unitPrice: '1000.00' },
      { id: 'small', unitPrice: '10.00', serviceId: 's', serviceType: 'mail' },
    ],
  };
  const rival = (euros: string) => ({
    id: 'rival',
    stackingGroup: 'one',
    discounts: [{ ...amountOff(euros), selector: { serviceTypes: ['mail', 'fax'] } }],
  });
  const rules = (more: PromotionRules[] = []): Rules => ({
    settings: { combination: 'sequence' },
    grants: [kept],
    promotions: [
      { id: 'p', stackingGroup: 'one', discounts: [{ id: 'own', ...percent('10'), selector: ANY_SERVICE }] },
      ...more,
    ],
  });

  test('a grant with other terms than its discount has now saves more where it is kept, and leaves the other lines to the right of now', () => {
    expect(offEach(rules(), cart)).toEqual(['100.00', '7.00']);
  });

  test('a grant with other terms than its discount has now is first in its stacking group by what it saves itself: the right of now has lost the line, and puts nobody out there', () => {
    expect(offEach(rules([rival('6.99')]), cart)).toEqual(['100.00', '7.00']);
    expect(offEach(rules([rival('7.01')]), cart)).toEqual(['100.00', '7.01']);
  });
});

describe('a discount that covers what lies before its end', () => {
  const year = { unit: 'year' as const, length: 1 };
  const yearFrom = (startsAt: string): Partial<CartLine> => ({ unitPrice: '120.00', period: year, startsAt });
  /** What half price until `endsAt` takes off a year that begins on `startsAt`. */
  const off = (endsAt: string, startsAt = '2024-06-12T10:00:00Z', fields: Partial<DiscountInput> = {}) =>
    offOf(
      { discounts: [{ ...percent('50'), coverage: 'until_end', endsAt, ...fields }] },
      { lines: [yearFrom(startsAt)] },
    );

  test('a discount that covers what lies before its end takes whole months from the beginning of the line', () => {
    expect(off('2024-08-12T10:00:00Z')).toBe('10.00');
    expect(off('2024-08-12T09:59:59Z')).toBe('5.00');
    expect(off('2024-09-11T00:00:00Z')).toBe('10.00');
    expect(off('2024-07-12T09:59:59Z')).toBe('0.00');
  });

  test('a discount that covers what lies before its end takes all of it where it lasts to the end of the period', () => {
    expect(off('2025-06-12T10:00:00Z')).toBe('60.00');
    expect(off('2025-06-12T09:59:59Z')).toBe('55.00');
    expect(off('2030-01-01T00:00:00Z')).toBe('60.00');
  });

  test('a discount that covers what lies before its end takes nothing of a period that begins after it', () => {
    expect(off('2024-08-12T10:00:00Z', '2024-08-12T10:00:00Z')).toBe('0.00');
    expect(off('2024-08-12T10:00:00Z', '2024-09-01T00:00:00Z')).toBe('0.00');
  });

  test('a discount that covers what lies before its end counts months from the 31st to the end of shorter ones', () => {
    expect(off('2025-02-28T00:00:00Z', '2025-01-31T00:00:00Z')).toBe('5.00');
    expect(off('2025-03-30T00:00:00Z', '2025-01-31T00:00:00Z')).toBe('5.00');
    expect(off('2025-03-31T00:00:00Z', '2025-01-31T00:00:00Z')).toBe('10.00');
  });

  test('a discount that covers what lies before its end covers days of a period of days', () => {
    const line = { unitPrice: '30.00', period: { unit: 'day' as const, length: 30 } };
    const rules: Rules = {
      discounts: [{ ...percent('50'), coverage: 'until_end', endsAt: '2024-06-24T09:59:59Z' }],
    };
    // Eleven whole days before the end of the twelfth.
    expect(offOf(rules, { lines: [line] })).toBe('5.50');
  });

  test('a discount that covers what lies before its end says which end it used', () => {
    const discount = { ...percent('50'), coverage: 'until_end' as const };
    const lines = [yearFrom('2024-06-12T10:00:00Z')];
    const own = quoteOf({ discounts: [{ ...discount, endsAt: '2024-08-12T10:00:00Z' }] }, { lines });
    expect(own.discounts).toMatchObject([{ amount: '10.00', coveredUntil: '2024-08-12T10:00:00Z' }]);
    const promotion = quoteOf({ promotions: [{ endsAt: '2024-09-12T10:00:00Z', discounts: [discount] }] }, { lines });
    expect(promotion.discounts).toMatchObject([{ amount: '15.00', coveredUntil: '2024-09-12T10:00:00Z' }]);
    const both = quoteOf(
      {
        promotions: [{ endsAt: '2024-09-12T10:00:00Z', discounts: [{ ...discount, endsAt: '2024-08-12T10:00:00Z' }] }],
      },
      { lines },
    );
    expect(both.discounts).toMatchObject([{ amount: '10.00', coveredUntil: '2024-08-12T10:00:00Z' }]);
    const endless = quoteOf({ discounts: [discount] }, { lines }).discounts[0];
    expect(endless).toMatchObject({ amount: '60.00' });
    expect(endless?.coveredUntil).toBeUndefined();
  });

  test('a discount that covers what lies before its end ends with its validity in a first quote, and with the grant later', () => {
    const rules: Rules = {
      discounts: [
        {
          id: 'half',
          ...percent('50'),
          coverage: 'until_end',
          validity: { unit: 'month', length: 3 },
          endsAt: '2024-06-30T00:00:00Z',
        },
      ],
    };
    const first = quoteOf(rules, { ...anna, lines: [yearFrom('2024-06-12T10:00:00Z')] });
    expect(first.discounts).toMatchObject([
      { amount: '15.00', validUntil: '2024-09-12T10:00:00Z', coveredUntil: '2024-09-12T10:00:00Z' },
    ]);
    const grants = [
      { id: 'g', version: 1, discountId: 'half', startsAt: '2024-06-12T10:00:00Z', endsAt: '2024-09-12T10:00:00Z' },
    ];
    const later = quoteOf(
      { ...rules, grants },
      { ...anna, at: '2024-08-12T10:00:00Z', lines: [yearFrom('2024-08-12T10:00:00Z')] },
    );
    expect(later.discounts).toMatchObject([{ amount: '5.00', coveredUntil: '2024-09-12T10:00:00Z' }]);
  });

  test('a discount that covers what lies before its end does not round the covered part before the percentage', () => {
    const line = { unitPrice: '100.00', period: year };
    const discount = { ...percent('33.33'), coverage: 'until_end' as const, endsAt: '2025-01-12T10:00:00Z' };
    // Seven twelfths of 100.00 at 33.33 % are 19.4425; with the part rounded to 58.33 it would be 19.441.
    expect(quoteOf({ discounts: [discount] }, { lines: [line] }).lines).toMatchObject([
      { discounts: [{ exactAmount: '19.443' }], discount: '19.44' },
    ]);
  });

  test('a discount that covers what lies before its end brings a special price for the covered part', () => {
    expect(off('2024-08-12T10:00:00Z', undefined, specialPrice('60.00'))).toBe('10.00');
  });

  test('a discount that covers what lies before its end covers the whole period unless it says otherwise', () => {
    expect(off('2024-08-12T10:00:00Z', undefined, { coverage: 'whole_period' })).toBe('60.00');
    expect(off('2024-08-12T10:00:00Z', undefined, { coverage: undefined })).toBe('60.00');
  });

  test('a discount that covers what lies before its end leaves the setup fee whole', () => {
    const rules: Rules = {
      discounts: [
        {
          ...percent('50'),
          coverage: 'until_end',
          endsAt: '2024-08-12T10:00:00Z',
          charges: ['recurring', 'setup'],
        },
      ],
    };
    const lines = [{ ...yearFrom('2024-06-12T10:00:00Z'), setupFee: '10.00' }];
    expect(quoteOf(rules, { lines }).lines).toMatchObject([{ discount: '10.00', setup: { discount: '5.00' } }]);
  });

  test('a grant ends no later than can be written', () => {
    const value = { type: 'percent', percent: '10' } as const;
    const discounts = [{ value, validity: { unit: 'year', length: 100 } as const }];
    const at = '9990-01-01T00:00:00Z';
    expect(quoteOf({ discounts }, { at }).discounts).toMatchObject([{ validUntil: '9999-12-31T23:59:59.999Z' }]);
  });
});
