import type { Subscription } from '../../../src/engine/cart/subscription';
import type { TransitionKind } from '../../../src/engine/rulebook/upgrade-path';
import { amountOff, percent, type Rules } from '../../support/builders';
import { type Change, changes, month, refusalOf, year, yearly } from '../../support/changes';

/** When a transition takes effect. */
function effective(transition: TransitionKind, subscription: Partial<Subscription>, change: Change = {}) {
  return changes({ path: { transition }, subscriptions: [subscription], ...change })[0]?.effectiveAt;
}

describe('a missed booking is moved on by whole intervals', () => {
  const moved = (nextBookingAt: string, subscription: Partial<Subscription> = {}, change: Change = {}) =>
    effective('next_booking', { nextBookingAt, ...subscription }, change);

  test('a missed booking is moved on by whole intervals to the first that is not past', () => {
    expect(moved('2024-03-01T00:00:00Z')).toBe('2024-04-01T00:00:00Z');
    expect(moved('2021-07-11T10:00:00Z')).toBe('2024-03-11T10:00:00Z');
    expect(moved('2024-03-11T10:00:00Z')).toBe('2024-03-11T10:00:00Z');
    expect(moved('2024-03-11T09:59:59.999Z')).toBe('2024-04-11T09:59:59.999Z');
    expect(moved('2023-12-31T00:00:00Z', { interval: { unit: 'day', length: 30 } })).toBe('2024-03-30T00:00:00Z');
    expect(moved('2020-02-29T00:00:00Z', { interval: year })).toBe('2025-02-28T00:00:00Z');
  });

  test('a missed booking is moved on by whole intervals on the day of the month that the subscription began on', () => {
    expect(moved('2023-12-31T00:00:00Z')).toBe('2024-03-31T00:00:00Z');
    expect(moved('2024-02-29T00:00:00Z', { startedAt: '2023-10-31T00:00:00Z' })).toBe('2024-03-31T00:00:00Z');
    expect(moved('2024-02-29T00:00:00Z', { startedAt: '2023-10-30T00:00:00Z' })).toBe('2024-03-30T00:00:00Z');
    expect(moved('2024-02-29T00:00:00Z', { startedAt: '2023-10-05T00:00:00Z' })).toBe('2024-03-29T00:00:00Z');
    // The 28th is not the end of that February.
    expect(moved('2024-02-28T00:00:00Z', { startedAt: '2023-10-31T00:00:00Z' })).toBe('2024-03-28T00:00:00Z');
  });

  test("a missed booking is moved on by whole intervals on the provider's calendar, whatever the clocks do", () => {
    const berlin = { rules: { timeZone: 'Europe/Berlin' }, cart: { at: '2024-04-02T10:00:00Z' } };
    expect(moved('2024-02-29T23:00:00Z', {}, berlin)).toBe('2024-04-30T22:00:00Z');
  });

  test('however long ago it was', () => {
    expect(moved('1930-01-31T00:00:00Z')).toBe('2024-03-31T00:00:00Z');
    expect(moved('1930-01-01T00:00:00Z', { interval: { unit: 'day', length: 1 } })).toBe('2024-03-12T00:00:00Z');
  });
});

describe('a term that is over is moved on', () => {
  const moved = (termEndsAt: string, subscription: Partial<Subscription> = {}) =>
    effective('end_of_interval', { termEndsAt, ...subscription });

  test('a term that is over is moved on by whole terms, by intervals where there is no term', () => {
    expect(moved('2023-01-01T00:00:00Z', { term: year })).toBe('2025-01-01T00:00:00Z');
    expect(moved('2023-01-01T00:00:00Z')).toBe('2024-04-01T00:00:00Z');
    expect(moved('2024-09-01T00:00:00Z', { term: year })).toBe('2024-09-01T00:00:00Z');
  });

  test('a term that is over is moved on as the next booking is where no end is known', () => {
    expect(effective('end_of_interval', { nextBookingAt: '2024-02-01T00:00:00Z', term: year })).toBe(
      '2024-04-01T00:00:00Z',
    );
  });
});

describe('a date beyond the year 9999', () => {
  const late = (transition: TransitionKind, subscription: Partial<Subscription>, change: Change = {}) =>
    refusalOf({
      path: { transition },
      cart: { at: '9999-12-20T10:00:00Z' },
      subscriptions: [{ nextBookingAt: '9999-12-31T00:00:00Z', lastInvoice: undefined, ...subscription }],
      ...change,
    });
  const once = { lines: [{ ...yearly, period: undefined }] };

  test('a date beyond the year 9999 is refused where a booking or a term would be moved to it', () => {
    expect(late('next_booking', {}, once)).toBeUndefined();
    expect(late('next_booking', { nextBookingAt: '9999-12-01T00:00:00Z' }, once)).toEqual([
      'out_of_range',
      '/subscriptions/0/nextBookingAt',
    ]);
    expect(late('end_of_interval', { termEndsAt: '9999-12-01T00:00:00Z' }, once)).toEqual([
      'out_of_range',
      '/subscriptions/0/termEndsAt',
    ]);
  });

  test('a date beyond the year 9999 is refused where an invoice would end on it, or the next payment be due', () => {
    expect(late('next_booking', {})).toEqual(['out_of_range', '/lines/0/period']);
    const texts = { en: { title: 'Change', description: 'Next on {nextPayment}' } };
    const weekly = { ...yearly, period: { unit: 'day' as const, length: 12 } };
    const immediate = (path: Change['path']) =>
      late(
        'immediately_with_invoice',
        {},
        { path: { transition: 'immediately_with_invoice', ...path }, lines: [weekly] },
      );
    expect(immediate({})).toBeUndefined();
    expect(immediate({ texts })).toEqual(['out_of_range', '/lines/0/period']);
  });

  test('a date beyond the year 9999 of the local calendar counts', () => {
    const kiritimati = { rules: { timeZone: 'Pacific/Kiritimati' }, ...once };
    const local = (nextBookingAt: string) => late('next_booking', { nextBookingAt }, kiritimati);
    expect(local('9999-12-31T09:59:59Z')).toBeUndefined();
    expect(local('9999-12-31T10:00:00Z')).toEqual(['out_of_range', '/subscriptions/0/nextBookingAt']);
  });
});

test('instants a hundred years away are refused, of lines and of subscriptions', () => {
  const far = '2200-01-01T00:00:00Z';
  const subscriptions = [
    { nextBookingAt: far },
    { id: 'sub-2', nextBookingAt: '1900-01-01T00:00:00Z', termEndsAt: far },
  ];
  expect(refusalOf({ lines: [{ ...yearly, startsAt: far }], subscriptions })).toEqual([
    'invalid_request',
    '/lines/0/startsAt',
    '/subscriptions/0/nextBookingAt',
    '/subscriptions/1/nextBookingAt',
    '/subscriptions/1/termEndsAt',
  ]);
});

describe('a change that begins later', () => {
  /** 50 % to the end of the year, for as much of the line's period as lies before. */
  const untilEnd: Rules = { discounts: [{ ...percent('50'), endsAt: '2025-01-01T00:00:00Z', coverage: 'until_end' }] };
  const invoiced = (change: Change) =>
    changes({ rules: untilEnd, ...change })[0]?.steps?.find(({ type }) => type === 'issue_invoice')?.amount;

  test('a change that begins later is discounted as of then', () => {
    // Nine whole months of twelve, from April 1 on; none from 2025 on.
    expect(invoiced({ path: { transition: 'next_booking' } })).toBe('62.50');
    const late = [{ termEndsAt: '2025-01-01T00:00:00Z' }];
    expect(invoiced({ path: { transition: 'end_of_interval' }, subscriptions: late })).toBe('100.00');
    // Ten of the twelve that began on March 1.
    expect(invoiced({ path: { transition: 'last_booking' } })).toBe('58.33');
  });

  test('a change that begins later is discounted from its own start where the line says when', () => {
    const lines = [{ ...yearly, startsAt: '2024-07-01T00:00:00Z' }];
    expect(invoiced({ path: { transition: 'next_booking' }, lines })).toBe('75.00');
  });

  test('a change that begins later is an ordinary purchase where a subscription is only kept, or is yet to be chosen', () => {
    const path = { transition: 'next_booking' as const, optional: true };
    // Nine whole months from March 11 on.
    expect(invoiced({ path })).toBe('62.50');
  });
});

describe('the days of an invoice', () => {
  const invoice = (transition: TransitionKind) =>
    changes({
      path: { transition },
      lines: [{ ...yearly, period: month, startsAt: '2024-05-31T12:00:00Z' }],
    })[0]?.steps?.at(-1);

  test("the days of an invoice are counted from the line's own start, and due as ever", () => {
    const days = { from: '2024-05-31', to: '2024-06-29' };
    expect(invoice('immediately_with_invoice')).toMatchObject({ at: '2024-03-11T10:00:00Z', ...days });
    expect(invoice('next_booking')).toMatchObject({ at: '2024-04-01T00:00:00Z', ...days });
    expect(invoice('last_booking')).toMatchObject({ at: '2024-03-11T10:00:00Z', ...days });
  });
});

describe('the next payment', () => {
  const told = (rules: Rules, line = yearly) => {
    const texts = { en: { title: 'Change', description: 'Next on {nextPayment}' } };
    return changes({ path: { texts }, rules, lines: [line] })[0];
  };

  test('the next payment is not told where there is none', () => {
    expect(told({})?.description).toBe('Next on Mar 11, 2025');
    expect(told({}, { ...yearly, unitPrice: '0.00' })).toMatchObject({ title: 'Change' });
    expect(told({}, { ...yearly, unitPrice: '0.00' })?.description).toBeUndefined();
    expect(told({ discounts: [amountOff('100.00')] })?.description).toBeUndefined();
    expect(told({}, { ...yearly, period: undefined })?.description).toBeUndefined();
  });
});
