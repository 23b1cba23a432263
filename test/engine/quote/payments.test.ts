import type { Payment } from '../../../src/engine/quote/answer';
import type { TransitionKind } from '../../../src/engine/rulebook/upgrade-path';
import { cases } from '../../reference/generated/cases';
import { type CartRequest, percent, quoteOf, type Rules } from '../../support/builders';
import { month, monthly, yearly } from '../../support/changes';
import { ask, law } from '../../support/laws';

const AT = '2024-03-11T10:00:00Z';

interface Asked extends CartRequest {
  rules?: Rules;
  transition?: TransitionKind;
  optional?: boolean;
}

/** The payments of a cart, and what is due now. */
function payments({ rules, transition = 'next_booking', optional = false, ...cart }: Asked): [string, Payment[]] {
  const upgradePaths = [{ transition, optional }];
  const answer = quoteOf({ upgradePaths, ...rules }, { at: AT, ...cart });
  return [answer.totals.dueNow, JSON.parse(JSON.stringify(answer.payments))];
}

describe('what is ordered without a transition', () => {
  test('what is ordered without a transition is due now, with its setup fee', () => {
    const lines = [
      { id: 'a', period: month, setupFee: '5.00' },
      { id: 'b', unitPrice: '12.00' },
    ];
    expect(payments({ lines })).toEqual([
      '37.00',
      [
        {
          at: AT,
          amount: '37.00',
          items: [
            { lineId: 'a', amount: '25.00', setup: '5.00', from: '2024-03-11', to: '2024-04-10' },
            { lineId: 'b', amount: '12.00' },
          ],
        },
      ],
    ]);
  });

  test('what is ordered without a transition is what it costs after discounts; what costs nothing is not listed', () => {
    const rules: Rules = {
      discounts: [{ ...percent('100'), selector: { plans: ['free'] }, charges: ['recurring', 'setup'] }],
    };
    const lines = [{ id: 'a', plan: 'free', setupFee: '5.00' }, { id: 'b' }];
    expect(payments({ rules, lines })).toEqual([
      '20.00',
      [{ at: AT, amount: '20.00', items: [{ lineId: 'b', amount: '20.00' }] }],
    ]);
    expect(payments({ rules, lines: [{ plan: 'free' }] })).toEqual(['0.00', []]);
    expect(payments({ lines: [], currency: 'JPY' })).toEqual(['0', []]);
  });

  test('what is ordered without a transition is for days from its own start on, and due now all the same', () => {
    const [dueNow, [payment]] = payments({ lines: [{ period: month, startsAt: '2024-05-31T00:00:00Z' }] });
    expect([dueNow, payment?.at]).toEqual(['20.00', AT]);
    expect(payment?.items).toMatchObject([{ from: '2024-05-31', to: '2024-06-29' }]);
  });

  test("what is ordered without a transition is for days of the provider's calendar", () => {
    const late = { at: '2024-03-10T23:30:00Z', lines: [{ period: month }] };
    expect(payments({ ...late, rules: { timeZone: 'Europe/Berlin' } })[1][0]?.items).toMatchObject([
      { from: '2024-03-11' },
    ]);
    expect(payments(late)[1][0]?.items).toMatchObject([{ from: '2024-03-10' }]);
  });

  test('what is ordered without a transition has no last day beyond the year 9999', () => {
    const [, [payment]] = payments({ at: '9999-12-15T00:00:00Z', lines: [{ period: month }] });
    expect(payment?.items).toEqual([{ lineId: 'line-1', amount: '20.00', from: '9999-12-15' }]);
  });
});

describe('a transition', () => {
  const cart = { lines: [{ ...yearly, setupFee: '5.00' }, { id: 'b' }], subscriptions: [monthly] };
  const fee = { lineId: 'annual', amount: '5.00', setup: '5.00' };
  const plain = { lineId: 'b', amount: '20.00' };

  test('a transition is paid when it is invoiced, its setup fee now', () => {
    const later = { lineId: 'annual', amount: '100.00', from: '2024-04-01', to: '2025-03-31' };
    for (const transition of ['next_booking', 'immediately_invoice_next_booking'] as const) {
      expect(payments({ ...cart, transition })).toEqual([
        '25.00',
        [
          { at: AT, amount: '25.00', items: [fee, plain] },
          { at: '2024-04-01T00:00:00Z', amount: '100.00', items: [later] },
        ],
      ]);
    }
  });

  test('a transition takes its credit off everything that is due at the same instant', () => {
    const now = { lineId: 'annual', amount: '105.00', setup: '5.00', from: '2024-03-11', to: '2025-03-10' };
    expect(payments({ ...cart, transition: 'immediately_with_invoice' })).toEqual([
      '118.33',
      [{ at: AT, amount: '118.33', credit: '6.67', items: [now, plain] }],
    ]);
    const back = { ...now, from: '2024-03-01', to: '2025-02-28' };
    expect(payments({ ...cart, transition: 'last_booking' })).toEqual([
      '115.00',
      [{ at: AT, amount: '115.00', credit: '10.00', items: [back, plain] }],
    ]);
  });

  test('a transition leaves a surplus where more is credited than is due, which is not carried on', () => {
    const lines = [{ ...yearly, unitPrice: '4.00', period: month }];
    const item = { lineId: 'annual', amount: '4.00', from: '2024-03-11', to: '2024-04-10' };
    expect(payments({ lines, subscriptions: [monthly], transition: 'immediately_with_invoice' })).toEqual([
      '0.00',
      [{ at: AT, amount: '0.00', credit: '6.67', surplus: '2.67', items: [item] }],
    ]);
    const free = { ...yearly, unitPrice: '0.00' };
    expect(payments({ lines: [free], subscriptions: [monthly], transition: 'immediately_with_invoice' })).toEqual([
      '0.00',
      [{ at: AT, amount: '0.00', credit: '6.67', surplus: '6.67', items: [] }],
    ]);
  });

  test('a transition that prorates is paid twice', () => {
    const lines = [{ ...yearly, unitPrice: '30.00', period: month }];
    expect(payments({ lines, subscriptions: [monthly], transition: 'immediately_prorated' })).toEqual([
      '13.65',
      [
        {
          at: AT,
          amount: '13.65',
          credit: '6.67',
          items: [{ lineId: 'annual', amount: '20.32', from: '2024-03-11', to: '2024-03-31' }],
        },
        {
          at: '2024-04-01T00:00:00Z',
          amount: '30.00',
          items: [{ lineId: 'annual', amount: '30.00', from: '2024-04-01', to: '2024-04-30' }],
        },
      ],
    ]);
  });

  test('a transition of several lines to one instant is one payment', () => {
    const lines = [yearly, { ...yearly, id: 'second', plan: 'other' }, { id: 'c' }];
    const subscriptions = [monthly, { ...monthly, id: 'sub-2' }];
    const transitions = [
      { lineId: 'annual', subscriptionId: 'sub-1', choice: 'convert' as const },
      { lineId: 'second', subscriptionId: 'sub-2', choice: 'convert' as const },
    ];
    const [dueNow, [now, later]] = payments({ lines, subscriptions, transitions });
    expect([dueNow, now?.items.length, later?.amount, later?.items.length]).toEqual(['20.00', 1, '200.00', 2]);
  });

  test('a transition that waits for a choice is in no payment, its setup fee neither', () => {
    const subscriptions = [monthly, { ...monthly, id: 'sub-2' }];
    expect(payments({ ...cart, subscriptions })).toEqual(['20.00', [{ at: AT, amount: '20.00', items: [plain] }]]);
  });

  test('a transition beside which the subscription is kept is paid now', () => {
    const now = { lineId: 'annual', amount: '105.00', setup: '5.00', from: '2024-03-11', to: '2025-03-10' };
    expect(payments({ ...cart, optional: true })).toEqual([
      '125.00',
      [{ at: AT, amount: '125.00', items: [now, plain] }],
    ]);
  });
});

law('payments without transitions add up to the total of the cart', cases, (given) => {
  const { subscriptions: _, ...request } = given.request;
  const { payments, totals } = ask({ ...given, request });
  expect(totals.dueNow).toBe(totals.total);
  expect(payments.length).toBe(/[1-9]/.test(totals.total) ? 1 : 0);
  const cents = (money: string) => BigInt(money.replace('.', ''));
  for (const { amount, items } of payments) {
    expect(items.reduce((sum, item) => sum + cents(item.amount), 0n)).toBe(cents(amount));
    expect(amount).toBe(totals.total);
  }
});
