import type { CartLine } from '../../../src/engine/cart/cart';
import type { Subscription } from '../../../src/engine/cart/subscription';
import { type CartRequest, percent, type Rules } from '../../support/builders';
import { changes, month, monthly, refusalOf, yearly } from '../../support/changes';

const path = { transition: 'immediately_prorated' } as const;
/** Another monthly plan. */
const larger: Partial<CartLine> = { ...yearly, id: 'larger', unitPrice: '30.00', period: month };

interface Upgrade {
  subscription?: Partial<Subscription>;
  line?: Partial<CartLine>;
  rules?: Rules;
  cart?: CartRequest;
}

/** What happens with a change to the larger plan: `type amount from–to` of each step with an amount. */
function billed({ subscription = {}, line = {}, rules, cart }: Upgrade = {}): string[] {
  const [change] = changes({ path, subscriptions: [subscription], lines: [{ ...larger, ...line }], rules, cart });
  return (change?.steps ?? []).flatMap(({ type, amount, from, to }) =>
    amount === undefined ? [] : [`${type} ${amount} ${from}–${to}`],
  );
}

test('the rest of the month is invoiced now, the whole of the next when it begins', () => {
  const [change] = changes({ path, lines: [larger] });
  expect(change).toMatchObject({
    outcome: 'replace',
    subscriptionId: 'sub-1',
    effectiveAt: '2024-03-11T10:00:00Z',
    steps: [
      { type: 'end_subscription', at: '2024-03-11T10:00:00Z' },
      { type: 'credit', at: '2024-03-11T10:00:00Z', amount: '6.67', from: '2024-03-11', to: '2024-03-31' },
      { type: 'start_subscription', at: '2024-03-11T10:00:00Z' },
      // 30.00 × 21 / 31
      { type: 'issue_invoice', at: '2024-03-11T10:00:00Z', amount: '20.32', from: '2024-03-11', to: '2024-03-31' },
      { type: 'issue_invoice', at: '2024-04-01T00:00:00Z', amount: '30.00', from: '2024-04-01', to: '2024-04-30' },
    ],
  });
});

test('the credit counts one end day or both; the rest of the new plan does not care', () => {
  expect(billed({ rules: { settings: { residualDays: 'both_ends' } } })).toEqual([
    'credit 6.77 2024-03-11–2024-03-31',
    'issue_invoice 20.32 2024-03-11–2024-03-31',
    'issue_invoice 30.00 2024-04-01–2024-04-30',
  ]);
});

test.each([
  ['JPY', '3000', ['credit 667', 'issue_invoice 2032', 'issue_invoice 3000']],
  ['KWD', '30.000', ['credit 666.667', 'issue_invoice 20.323', 'issue_invoice 30.000']],
])('amounts have the digits of %s', (currency, unitPrice, expected) => {
  const lastInvoice = { amount: '1000', from: '2024-03-01', to: '2024-03-31' };
  const told = billed({ subscription: { currency, lastInvoice }, line: { unitPrice }, cart: { currency } });
  expect(told.map((text) => text.replace(/ \S+$/, ''))).toEqual(expected);
});

test('rounds as the provider does, once', () => {
  // 0.30 × 15 / 30 days is 0.15; of 0.01, half a cent.
  const april = {
    nextBookingAt: '2024-05-01T00:00:00Z',
    lastBookingAt: '2024-04-01T00:00:00Z',
    lastInvoice: undefined,
  };
  const cart = { at: '2024-04-16T10:00:00Z' };
  const rest = (unitPrice: string, rules: Rules = {}) =>
    billed({ subscription: april, line: { unitPrice }, rules, cart })[0];
  expect(rest('0.30')).toBe('issue_invoice 0.15 2024-04-16–2024-04-30');
  expect(rest('0.05')).toBe('issue_invoice 0.03 2024-04-16–2024-04-30');
  expect(rest('0.05', { settings: { roundingMode: 'half_even' } })).toBe('issue_invoice 0.02 2024-04-16–2024-04-30');
});

describe('the booking before', () => {
  const rest = (subscription: Partial<Subscription>, at?: string) =>
    billed({ subscription: { lastInvoice: undefined, ...subscription }, ...(at && { cart: { at } }) })[0];

  test('the booking before is the last booking', () => {
    // 30.00 × 21 / 41 days.
    expect(rest({ lastBookingAt: '2024-02-20T00:00:00Z' })).toBe('issue_invoice 15.37 2024-03-11–2024-03-31');
  });

  test('the booking before is one interval back where no booking is known, on the day that the subscription began on', () => {
    expect(rest({ lastBookingAt: undefined })).toBe('issue_invoice 20.32 2024-03-11–2024-03-31');
    // From Jan 31 to Feb 29 are 29 days, 19 of them are left.
    const cut = { lastBookingAt: undefined, nextBookingAt: '2024-02-29T00:00:00Z', startedAt: '2023-10-31T00:00:00Z' };
    expect(rest(cut, '2024-02-10T00:00:00Z')).toBe('issue_invoice 19.66 2024-02-10–2024-02-28');
  });

  test('the booking before is one interval back where bookings were missed', () => {
    // Moved on from Jan 31 to Mar 31; from Feb 29 on are 31 days, 20 of them are left.
    const missed = { lastBookingAt: '2023-12-31T00:00:00Z', nextBookingAt: '2024-01-31T00:00:00Z' };
    expect(rest({ ...missed, startedAt: '2023-12-31T00:00:00Z' })).toBe('issue_invoice 19.35 2024-03-11–2024-03-30');
  });

  test('the booking before is not one that is still to come', () => {
    expect(rest({ lastBookingAt: '2024-03-20T00:00:00Z' })).toBe('issue_invoice 20.32 2024-03-11–2024-03-31');
  });
});

test('nothing is left to invoice on the day of the next booking', () => {
  expect(billed({ cart: { at: '2024-04-01T00:00:00Z' }, subscription: { lastInvoice: undefined } })).toEqual([
    'issue_invoice 30.00 2024-04-01–2024-04-30',
  ]);
});

test('the price is that after discounts, and a free plan has no invoice', () => {
  expect(billed({ rules: { discounts: [percent('50')] } }).slice(1)).toEqual([
    'issue_invoice 10.16 2024-03-11–2024-03-31',
    'issue_invoice 15.00 2024-04-01–2024-04-30',
  ]);
  expect(billed({ line: { unitPrice: '0' } })).toEqual(['credit 6.67 2024-03-11–2024-03-31']);
});

describe('another period', () => {
  test('another period makes the path lead nowhere, so that a conversion is refused', () => {
    expect(changes({ path })).toEqual([]);
    expect(changes({ path, lines: [{ ...larger, period: undefined }] })).toEqual([]);
    const choices = [{ lineId: 'annual', subscriptionId: monthly.id, choice: 'convert' as const }];
    expect(refusalOf({ path, choices })).toEqual(['subscription_not_eligible', '/transitions/0/subscriptionId']);
  });

  test('another period in other words is the same', () => {
    const subscriptions = [{ interval: { unit: 'month' as const, length: 12 } }];
    expect(changes({ path, subscriptions })).toHaveLength(1);
  });

  test('another period leaves room for a path that does not mind', () => {
    const paths = [{ ...path, id: 'a', priority: 9 }, { id: 'b' }];
    expect(changes({ paths })).toMatchObject([{ upgradePathId: 'b' }]);
  });
});

test('the next payment is the next booking', () => {
  const texts = { en: { title: 'Change', description: 'Next on {nextPayment}' } };
  expect(changes({ path: { ...path, texts }, lines: [larger] })[0]?.description).toBe('Next on Apr 1, 2024');
});
