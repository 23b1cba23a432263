import type { CartLine } from '../../../src/engine/cart/cart';
import type { Subscription } from '../../../src/engine/cart/subscription';
import type { UpgradePathInput } from '../../../src/engine/rulebook/upgrade-path';
import { type CartRequest, quoteOf, type Rules } from '../../support/builders';

const month = { unit: 'month', length: 1 } as const;
const year = { unit: 'year', length: 1 } as const;

interface Told {
  path?: Partial<UpgradePathInput>;
  line?: Partial<CartLine>;
  subscription?: Partial<Subscription>;
  subscriptions?: number;
  rules?: Rules;
  cart?: CartRequest;
}

/** The words of a transition whose description is `description`. */
function told(description: string, { path, line, subscription, subscriptions = 1, rules, cart }: Told = {}) {
  const texts = { en: { title: 'Change', description } };
  const [transition] = quoteOf(
    { upgradePaths: [{ texts, transition: 'next_booking', ...path }], ...rules },
    {
      at: '2024-03-11T10:00:00Z',
      lines: [{ plan: 'yearly-plan', tags: ['yearly'], unitPrice: '100.00', period: year, ...line }],
      subscriptions: Array.from({ length: subscriptions }, (_, index) => ({
        id: `sub-${index + 1}`,
        tags: ['monthly'],
        price: '10.00',
        currency: 'EUR',
        interval: month,
        startedAt: '2024-01-01T00:00:00Z',
        lastBookingAt: '2024-03-01T00:00:00Z',
        nextBookingAt: '2024-04-01T00:00:00Z',
        ...subscription,
      })),
      ...cart,
    },
  ).transitions;
  return transition?.description;
}

describe('the price of the subscription', () => {
  test.each([
    ['10.00', month, 'EUR', '10.00'],
    ['120.00', year, 'EUR', '10.00'],
    ['100.00', year, 'EUR', '8.33'],
    ['100.00', { unit: 'month', length: 12 } as const, 'EUR', '8.33'],
    ['30.00', { unit: 'month', length: 3 } as const, 'EUR', '10.00'],
    ['240.00', { unit: 'year', length: 2 } as const, 'EUR', '10.00'],
    ['1000', year, 'JPY', '83'],
  ])('the price of the subscription of %s for %j in %s is %s a month', (price, interval, currency, expected) => {
    const subscription = { price, interval, currency };
    expect(told('{subscriptionPrice}', { subscription, cart: { currency } })).toBe(expected);
  });
});

describe('the names', () => {
  test('the names of the offer are its title, else that of the registered plan, else the plan', () => {
    const plans = [{ id: 'yearly-plan', serviceType: 'subscription', title: { en: 'Yearly', de: 'Jährlich' } }];
    expect(told('{offerTitle}', { line: { title: 'Premium' }, rules: { plans } })).toBe('Premium');
    expect(told('{offerTitle}', { rules: { plans } })).toBe('Yearly');
    expect(told('{offerTitle}', { rules: { plans }, cart: { language: 'de' } })).toBe('Jährlich');
    expect(told('{offerTitle}')).toBe('yearly-plan');
  });

  test('the names of the subscription are its title and its id', () => {
    expect(told('{subscriptionTitle}, {subscriptionId}', { subscription: { title: 'Basic' } })).toBe('Basic, sub-1');
  });

  test('the names of a subscription without a title are those of its registered plan, else the plan, else its id', () => {
    const plans = [{ id: 'basic', serviceType: 'subscription', title: { en: 'Basic plan', de: 'Basis' } }];
    const subscription = { plan: 'basic' };
    expect(told('{subscriptionTitle}', { subscription, rules: { plans } })).toBe('Basic plan');
    expect(told('{subscriptionTitle}', { subscription, rules: { plans }, cart: { language: 'de' } })).toBe('Basis');
    expect(told('{subscriptionTitle}', { subscription })).toBe('basic');
    expect(told('{subscriptionTitle}')).toBe('sub-1');
  });

  test('the names may stand several times', () => {
    expect(told('{subscriptionId} {subscriptionId}')).toBe('sub-1 sub-1');
  });

  test('the names are put in as they are', () => {
    expect(told('{offerTitle}!', { line: { title: '$& {subscriptionId}' } })).toBe('$& {subscriptionId}!');
  });
});

describe('the next payment', () => {
  const next = (transition: UpgradePathInput['transition'], other: Told = {}) =>
    told('{nextPayment}', { ...other, path: { transition, ...other.path } });

  test('the next payment is the first invoice where that is still to come', () => {
    expect(next('next_booking')).toBe('Apr 1, 2024');
    expect(next('immediately_invoice_next_booking')).toBe('Apr 1, 2024');
    expect(next('end_of_interval', { subscription: { termEndsAt: '2025-01-01T00:00:00Z' } })).toBe('Jan 1, 2025');
  });

  test('the next payment is the second where the first is issued now', () => {
    expect(next('immediately_with_invoice')).toBe('Mar 11, 2025');
    expect(next('immediately_with_invoice', { line: { period: month } })).toBe('Apr 11, 2024');
  });

  test('the next payment of a change back to the last booking is the first one after now', () => {
    expect(next('last_booking')).toBe('Mar 1, 2025');
    const subscription = { lastBookingAt: '2023-11-30T00:00:00Z' };
    expect(next('last_booking', { subscription, line: { period: month } })).toBe('Mar 30, 2024');
  });

  test('the next payment keeps the last day of the month that it began on', () => {
    const cart = { at: '2024-01-31T10:00:00Z' };
    expect(next('immediately_with_invoice', { line: { period: month }, cart })).toBe('Feb 29, 2024');
  });

  test("the next payment is a day of the provider's calendar, in the language of the request", () => {
    const subscription = { nextBookingAt: '2031-05-16T22:30:00Z' };
    const rules = { timeZone: 'Europe/Berlin' };
    expect(next('next_booking', { subscription, rules })).toBe('May 17, 2031');
    expect(next('next_booking', { subscription, rules, cart: { language: 'de' } })).toBe('17.05.2031');
    expect(next('next_booking', { subscription, rules, cart: { customer: { language: 'de' } } })).toBe('17.05.2031');
    expect(next('next_booking', { subscription, rules: { ...rules, defaultLanguage: 'de' } })).toBe('17.05.2031');
  });
});

describe('where a subscription must be chosen first', () => {
  test('what needs one is left out, the rest is told', () => {
    expect(told('Instead of {subscriptionTitle}', { subscriptions: 2 })).toBeUndefined();
    expect(told('On {nextPayment}', { subscriptions: 2 })).toBeUndefined();
    expect(told('Choose what {offerTitle} replaces', { subscriptions: 2 })).toBe('Choose what yearly-plan replaces');
  });
});

test('a description speaks of a change, so that there is none beside an addition', () => {
  expect(told('{subscriptionId} ends', { path: { optional: true } })).toBeUndefined();
});

describe('the language', () => {
  const texts = {
    ru: { title: 'Переход' },
    de: { title: 'Wechsel', description: 'Statt {subscriptionId}' },
    'de-AT': { title: 'Umstieg' },
  };
  const title = (cart: CartRequest, defaultLanguage = 'en') => {
    const subscription = {
      id: 'sub-1',
      tags: ['monthly'],
      price: '10.00',
      currency: 'EUR',
      interval: month,
      startedAt: '2024-01-01T00:00:00Z',
      nextBookingAt: '2024-07-01T00:00:00Z',
    };
    return quoteOf(
      { defaultLanguage, upgradePaths: [{ texts, transition: 'next_booking' }] },
      { lines: [{ tags: ['yearly'] }], subscriptions: [subscription], ...cart },
    ).transitions[0]?.title;
  };

  test("the language is the request's, its primary subtag, the provider's, or the alphabetically first", () => {
    expect(title({ language: 'de-AT' })).toBe('Umstieg');
    expect(title({ language: 'de-CH' })).toBe('Wechsel');
    expect(title({ language: 'fr' }, 'ru')).toBe('Переход');
    expect(title({ language: 'fr' })).toBe('Wechsel');
    expect(title({ customer: { language: 'ru' } })).toBe('Переход');
  });
});
