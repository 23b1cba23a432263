import fc from 'fast-check';
import type { Comparison } from '../../../src/engine/conditions/comparison';
import type { Amounts } from '../../../src/engine/money/money';
import type { Period } from '../../../src/engine/time/instant';
import type { AttributeChoice, Attributes } from '../../../src/engine/vocabulary/attributes';
import { EXACT } from '../../../src/engine/vocabulary/decimal';
import type { Action } from '../../../src/engine/vocabulary/selector';
import { DAY } from '../calendar';

export const STORED = { version: 1, createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };

/** The instants of generated quotes: a month's end, a leap day, an ordinary day. */
export const INSTANTS = ['2023-01-31T10:00:00Z', '2024-02-29T00:00:00Z', '2024-06-12T09:30:00Z'].map(Date.parse);

// Small alphabets, so that rules and lines collide.

export const serviceType = fc.constantFrom('vps', 'hosting', 'domain');
export const plan = fc.constantFrom('small', 'large');
export const planGroup = fc.constantFrom('linux', 'windows');
export const tag = fc.constantFrom('eco', 'pro');
export const addon = fc.constantFrom('ip', 'backup');
export const customerId = fc.constantFrom('ann', 'bob');
export const customerGroup = fc.constantFrom('partners', 'resellers');
export const action = fc.constantFrom<Action>('order', 'renewal', 'change');
export const currency = fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY', 'KWD');
export const anyCurrency = fc.constantFrom('EUR', 'EUR', 'JPY', 'KWD', 'CLF', 'UYW');
export const comparison = fc.constantFrom<Comparison>('gt', 'gte', 'eq', 'lte', 'lt');

export const stage = fc.constantFrom('trial', 'basic');
export const count = fc.integer({ min: 0, max: 5 });

const smallPrice = fc.constantFrom(
  '9.95',
  '10.00',
  '0.99',
  '3.16',
  '33.333333',
  '0',
  '100',
  '1.00',
  '0.01',
  '7.777',
  '250.505',
  '0.03',
);
/** The largest and the smallest money, and what lies next to the largest number that is exact in millionths. */
const extremePrice = fc.constantFrom(
  '999999999999.999999',
  '123456789012.345678',
  '900719925474.0993',
  '9007199254.740991',
  '9007199254.740992',
  '9007199254.740993',
  '0.000001',
  '0.0005',
);
export const price = fc.oneof({ weight: 11, arbitrary: smallPrice }, { weight: 1, arbitrary: extremePrice });
export const percent = fc.constantFrom('10', '20', '33.33', '50', '100', '1', '12.5', '99.9999', '0.5');

export const period: fc.Arbitrary<Period> = fc.constantFrom(
  { unit: 'month' as const, length: 1 },
  { unit: 'month' as const, length: 12 },
  { unit: 'year' as const, length: 1 },
  { unit: 'year' as const, length: 2 },
  { unit: 'day' as const, length: 30 },
);

/** Mostly every currency, sometimes not the cart's. */
export const amounts: fc.Arbitrary<Amounts> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ EUR: price, JPY: price, KWD: price, CLF: price, UYW: price }) },
  { weight: 1, arbitrary: fc.record({ EUR: price }) },
  { weight: 1, arbitrary: fc.record({ JPY: price }) },
);

export const attributeName = fc.constantFrom('site', 'ram');
/** Of every kind, some that look alike, and numbers that no double tells apart. */
export const attributeChoice: fc.Arbitrary<AttributeChoice> = fc.constantFrom<AttributeChoice>(
  'fra',
  'FRA',
  '',
  '2',
  'true',
  2,
  16,
  0.1,
  `${EXACT}0.1000000000000000055511151231257827`,
  `${EXACT}16.000000000000000000000001`,
  1e21,
  -2.5,
  true,
  false,
);
export const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  attributeName,
  fc.oneof(
    { weight: 4, arbitrary: attributeChoice },
    { weight: 1, arbitrary: fc.constantFrom<string[]>([], ['fra', '2'], ['FRA']) },
  ),
);

export function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** One or two, now and then written twice. */
export function someOf<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const once = fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 2 });
  return fc.oneof({ weight: 5, arbitrary: once }, { weight: 1, arbitrary: once.map((list) => [...list, ...list]) });
}

/** An object without the properties that are undefined: absent, never undefined. */
export function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

export const daysToWindow = fc.record({
  starts: sometimes(fc.constantFrom(-400, -10, 0, 1), 6),
  ends: sometimes(fc.constantFrom(-1, 0, 1, 40, 70, 400), 5),
});

/** A window around the quote, its bounds included; `startsAt` is before `endsAt`. */
export function windowAround(
  at: number,
  { starts, ends }: { starts?: number; ends?: number },
): { startsAt?: string; endsAt?: string } {
  const from = starts !== undefined && ends !== undefined && starts >= ends ? undefined : starts;
  return present({ startsAt: instant(at, from), endsAt: instant(at, ends) });
}

export function instant(at: number, days: number | undefined): string | undefined {
  return days === undefined ? undefined : new Date(at + days * DAY).toISOString();
}

export const status = fc.constantFrom(
  'active' as const,
  'active' as const,
  'active' as const,
  'paused' as const,
  'archived' as const,
);
