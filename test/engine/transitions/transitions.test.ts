import type { Subscription, TransitionChoice } from '../../../src/engine/cart/subscription';
import type { UpgradePathInput } from '../../../src/engine/rulebook/upgrade-path';
import { percent, type Rules } from '../../support/builders';
import { type Change, changes, month, refusalOf, yearly } from '../../support/changes';

const NOW = '2024-03-11T10:00:00Z';

function creditOf(change: Change): string | undefined {
  return changes(change)[0]?.steps?.find(({ type }) => type === 'credit')?.amount;
}

describe('the credit for unused days', () => {
  const invoiced = (at: string, amount: string, from: string, to: string, rules: Rules = {}): string | undefined =>
    creditOf({ subscriptions: [{ lastInvoice: { amount, from, to } }], rules, cart: { at } });
  const bothEnds: Rules = { settings: { residualDays: 'both_ends' } };

  test.each([
    ['2023-12-01T09:00:00Z', '235.20', '2023-02-01', '2024-01-31', '39.42', '39.95'],
    ['2024-03-11T10:00:00Z', '10.00', '2024-03-01', '2024-03-31', '6.67', '6.77'],
    ['2024-02-15T10:00:00Z', '29.00', '2024-02-01', '2024-02-29', '14.50', '15.00'],
  ])('the credit for unused days on %s of %s from %s to %s counts one end day or both: %s, %s', (at, amount, from, to, oneEnd, both) => {
    expect(invoiced(at, amount, from, to)).toBe(oneEnd);
    expect(invoiced(at, amount, from, to, bothEnds)).toBe(both);
  });

  test('the credit for unused days is the whole invoice on its first day and before', () => {
    expect(invoiced('2024-03-01T23:59:59Z', '10.00', '2024-03-01', '2024-03-31')).toBe('10.00');
    expect(invoiced('2024-02-20T00:00:00Z', '10.00', '2024-03-01', '2024-03-31')).toBe('10.00');
  });

  test('the credit for unused days is nothing on its last day where one end counts, and a day where both do', () => {
    expect(invoiced('2024-03-31T00:00:00Z', '10.00', '2024-03-01', '2024-03-31')).toBeUndefined();
    // 30 of 31 days are used: 9.68.
    expect(invoiced('2024-03-31T00:00:00Z', '10.00', '2024-03-01', '2024-03-31', bothEnds)).toBe('0.32');
    expect(invoiced('2024-05-01T00:00:00Z', '10.00', '2024-03-01', '2024-03-31', bothEnds)).toBeUndefined();
  });

  test("the credit for unused days of one day's invoice is nothing where one end counts, and all of it where both do", () => {
    for (const at of ['2024-03-10T10:00:00Z', '2024-03-11T10:00:00Z']) {
      expect(invoiced(at, '10.00', '2024-03-11', '2024-03-11')).toBeUndefined();
      expect(invoiced(at, '10.00', '2024-03-11', '2024-03-11', bothEnds)).toBe('10.00');
    }
    expect(invoiced('2024-03-12T10:00:00Z', '10.00', '2024-03-11', '2024-03-11', bothEnds)).toBeUndefined();
  });

  test("the credit for unused days counts the days of the provider's calendar", () => {
    const evening = '2024-03-10T23:30:00Z';
    expect(invoiced(evening, '10.00', '2024-03-01', '2024-03-31')).toBe('7.00');
    expect(invoiced(evening, '10.00', '2024-03-01', '2024-03-31', { timeZone: 'Europe/Berlin' })).toBe('6.67');
  });

  test('rounds what was used, once, as the provider rounds', () => {
    const at = '2024-03-02T10:00:00Z';
    // One of two days of 10.01 is 5.005.
    expect(invoiced(at, '10.01', '2024-03-01', '2024-03-03')).toBe('5.00');
    expect(invoiced(at, '10.01', '2024-03-01', '2024-03-03', { settings: { roundingMode: 'half_even' } })).toBe('5.01');
  });

  test('the credit for unused days has the digits of its currency', () => {
    const subscription = { currency: 'JPY', lastInvoice: { amount: '1000', from: '2024-03-01', to: '2024-03-31' } };
    expect(creditOf({ subscriptions: [subscription], cart: { currency: 'JPY' } })).toBe('667');
  });

  test('the credit for unused days is for the days from the change to the end of the invoice', () => {
    expect(changes()[0]?.steps?.[1]).toEqual({
      type: 'credit',
      at: NOW,
      amount: '6.67',
      from: '2024-03-11',
      to: '2024-03-31',
    });
  });

  test('the credit for unused days is not given without an invoice, nor with any other transition', () => {
    const steps = (change: Change) => changes(change)[0]?.steps?.map(({ type }) => type);
    expect(steps({ subscriptions: [{ lastInvoice: undefined }] })).toEqual([
      'end_subscription',
      'start_subscription',
      'issue_invoice',
    ]);
    for (const transition of ['immediately_invoice_next_booking', 'next_booking', 'end_of_interval'] as const) {
      expect(steps({ path: { transition } })).toEqual(['end_subscription', 'start_subscription', 'issue_invoice']);
    }
  });

  test('the credit for unused days needs an invoice that does not end before it begins', () => {
    const lastInvoice = { amount: '10.00', from: '2024-03-01', to: '2024-02-29' };
    expect(refusalOf({ subscriptions: [{ lastInvoice }] })).toEqual([
      'invalid_request',
      '/subscriptions/0/lastInvoice/to',
    ]);
  });
});

describe('a change back to the last booking', () => {
  const path = { transition: 'last_booking' } as const;
  const begins = (subscription: Partial<Subscription>, rules: Rules = {}) =>
    changes({ path, subscriptions: [subscription], rules })[0]?.effectiveAt;

  test('a change back to the last booking goes back to the beginning of the last invoice where no booking is known, else to that of the subscription', () => {
    expect(begins({})).toBe('2024-03-01T00:00:00Z');
    const lastInvoice = { amount: '10.00', from: '2024-02-20', to: '2024-03-19' };
    expect(begins({ lastBookingAt: undefined, lastInvoice })).toBe('2024-02-20T00:00:00Z');
    expect(begins({ lastBookingAt: undefined, lastInvoice }, { timeZone: 'Europe/Berlin' })).toBe(
      '2024-02-19T23:00:00Z',
    );
    expect(begins({ lastBookingAt: undefined, lastInvoice: undefined })).toBe('2024-01-01T00:00:00Z');
  });

  test('a change back to the last booking is refused where the last booking is still to come', () => {
    const later = '2024-03-11T10:00:00.001Z';
    const lastInvoice = { amount: '10.00', from: '2024-03-12', to: '2024-04-11' };
    const refused = (subscription: Partial<Subscription>) => refusalOf({ path, subscriptions: [subscription] })?.[1];
    expect(refused({ lastBookingAt: NOW })).toBeUndefined();
    expect(refused({ lastBookingAt: later })).toBe('/subscriptions/0/lastBookingAt');
    expect(refused({ lastBookingAt: undefined, lastInvoice })).toBe('/subscriptions/0/lastInvoice/from');
    const unknown = { lastBookingAt: undefined, lastInvoice: undefined, startedAt: later };
    expect(refused(unknown)).toBe('/subscriptions/0/startedAt');
  });

  test('a change back to the last booking cancels the last invoice now, and ends and begins then', () => {
    expect(changes({ path })).toMatchObject([
      {
        effectiveAt: '2024-03-01T00:00:00Z',
        steps: [
          { type: 'cancel_invoice', at: NOW, amount: '10.00', from: '2024-03-01', to: '2024-03-31' },
          { type: 'end_subscription', at: '2024-03-01T00:00:00Z' },
          { type: 'start_subscription', at: '2024-03-01T00:00:00Z' },
          { type: 'issue_invoice', at: NOW, from: '2024-03-01', to: '2025-02-28' },
        ],
      },
    ]);
  });

  test('a change back to the last booking cancels nothing where nothing was invoiced', () => {
    const [change] = changes({ path, subscriptions: [{ lastInvoice: undefined }] });
    expect(change?.steps?.map(({ type }) => type)).toEqual(['end_subscription', 'start_subscription', 'issue_invoice']);
  });
});

describe('the invoice of the target', () => {
  const invoice = (change: Change) => changes(change)[0]?.steps?.find(({ type }) => type === 'issue_invoice');

  test('the invoice of the target is what the line costs after discounts, without its setup fee', () => {
    const rules: Rules = { discounts: [percent('10')] };
    expect(invoice({ rules, lines: [{ ...yearly, setupFee: '5.00' }] })).toMatchObject({ amount: '90.00' });
  });

  test('the invoice of the target is not issued for nothing', () => {
    expect(invoice({ rules: { discounts: [percent('100')] } })).toBeUndefined();
  });

  test('the invoice of the target is for the period of the line, whose last day is included', () => {
    expect(invoice({})).toMatchObject({ from: '2024-03-11', to: '2025-03-10' });
    const line = { ...yearly, period: month };
    expect(invoice({ lines: [line], cart: { at: '2024-01-31T10:00:00Z' } })).toMatchObject({
      from: '2024-01-31',
      to: '2024-02-28',
    });
    expect(invoice({ lines: [{ ...yearly, period: undefined }] })).toEqual({
      type: 'issue_invoice',
      at: NOW,
      amount: '100.00',
      from: '2024-03-11',
    });
  });

  test("the invoice of the target is for days of the provider's calendar", () => {
    const berlin = { rules: { timeZone: 'Europe/Berlin' }, cart: { at: '2024-03-10T23:30:00Z' } };
    expect(invoice(berlin)).toMatchObject({ at: '2024-03-10T23:30:00Z', from: '2024-03-11', to: '2025-03-10' });
  });
});

describe('a subscription', () => {
  test.each<[string, Partial<Subscription>]>([
    ['is cancelled', { status: 'cancelled' }],
    ['has ended', { status: 'ended' }],
    ['is in another currency', { currency: 'USD' }],
    ['is of the same plan', { plan: 'yearly-plan' }],
    ['has none of the source tags', { tags: ['weekly'] }],
    ['has no tags', { tags: undefined }],
  ])('a subscription that %s does not change over', (_name, subscription) => {
    expect(changes({ subscriptions: [subscription] })).toEqual([]);
  });

  test('a subscription need not say that it is active, nor name a plan', () => {
    expect(changes({ subscriptions: [{ status: 'active' }] })).toHaveLength(1);
    expect(changes({ subscriptions: [{ plan: undefined }] })).toHaveLength(1);
    expect(changes({ subscriptions: [{ plan: undefined }], lines: [{ ...yearly, plan: undefined }] })).toHaveLength(1);
  });

  test('a subscription and the line have the tags of their registered plans, too', () => {
    const rules: Rules = {
      plans: [
        { id: 'monthly-plan', serviceType: 'subscription', tags: ['monthly'] },
        { id: 'yearly-plan', serviceType: 'subscription', tags: ['yearly'] },
      ],
    };
    const untagged = { subscriptions: [{ tags: undefined }], lines: [{ ...yearly, tags: undefined }] };
    expect(changes(untagged)).toEqual([]);
    expect(changes({ ...untagged, rules })).toMatchObject([{ outcome: 'replace', subscriptionId: 'sub-1' }]);
  });

  test('a subscription changes over to one line only', () => {
    const lines = [yearly, { ...yearly, id: 'second' }];
    expect(changes({ lines })).toMatchObject([{ lineId: 'annual', subscriptionId: 'sub-1' }]);
    const two = changes({
      lines,
      subscriptions: [{}, { id: 'sub-2' }],
      choices: [
        { lineId: 'annual', subscriptionId: 'sub-2', choice: 'convert' },
        { lineId: 'second', subscriptionId: 'sub-1', choice: 'convert' },
      ],
    });
    expect(two).toMatchObject([
      { lineId: 'annual', subscriptionId: 'sub-2' },
      { lineId: 'second', subscriptionId: 'sub-1' },
    ]);
  });
});

describe('several subscriptions that could change over', () => {
  const subscriptions = [{}, { id: 'sub-2' }, { id: 'sub-3', status: 'ended' as const }];
  const convert: TransitionChoice = { lineId: 'annual', choice: 'convert' };

  test.each([
    ['on a mandatory path', { path: {} }],
    ['on an optional path that the customer takes', { path: { optional: true }, choices: [convert] }],
  ])('several subscriptions that could change over must be chosen from %s', (_name, change) => {
    const [transition] = changes({ ...change, subscriptions });
    expect(transition).toMatchObject({ outcome: 'choice_required', candidates: ['sub-1', 'sub-2'] });
    const { effectiveAt, steps, subscriptionId } = transition ?? {};
    expect([effectiveAt, steps, subscriptionId]).toEqual([undefined, undefined, undefined]);
  });

  test('several subscriptions that could change over are no question once one is chosen', () => {
    const choices = [{ ...convert, subscriptionId: 'sub-2' }];
    const [transition] = changes({ subscriptions, choices });
    expect(transition).toMatchObject({ outcome: 'replace', subscriptionId: 'sub-2', effectiveAt: NOW });
    expect(transition?.candidates).toBeUndefined();
  });

  test('several subscriptions that could change over are no question on an optional path that the customer does not take', () => {
    const choices = [undefined, [{ lineId: 'annual', choice: 'keep' as const }]];
    for (const choice of choices) {
      expect(changes({ path: { optional: true }, subscriptions, choices: choice })).toMatchObject([
        {
          outcome: 'in_addition',
          effectiveAt: NOW,
          steps: [
            { type: 'start_subscription', at: NOW },
            { type: 'issue_invoice', at: NOW, amount: '100.00', from: '2024-03-11', to: '2025-03-10' },
          ],
        },
      ]);
    }
  });
});

describe('what is bought in addition', () => {
  test('what is bought in addition starts and is invoiced at once, whatever the transition of the path is', () => {
    for (const transition of ['next_booking', 'last_booking', 'end_of_interval'] as const) {
      expect(changes({ path: { optional: true, transition } })).toMatchObject([
        {
          outcome: 'in_addition',
          optional: true,
          transition,
          subscriptionId: 'sub-1',
          effectiveAt: NOW,
          steps: [{ type: 'start_subscription' }, { type: 'issue_invoice', at: NOW }],
        },
      ]);
    }
  });
});

describe('of several paths', () => {
  const winner = (...paths: Partial<UpgradePathInput>[]) => changes({ paths })[0]?.upgradePathId;

  test('a mandatory one comes before an optional one, whatever its priority', () => {
    expect(winner({ id: 'a', optional: true, priority: 9 }, { id: 'b' })).toBe('b');
  });

  test('the higher priority comes first, then the older one', () => {
    expect(winner({ id: 'a' }, { id: 'b', priority: 1 })).toBe('b');
    expect(winner({ id: 'b' }, { id: 'a' })).toBe('a');
  });

  test('one whose sources nobody holds, or that is not active, does not count', () => {
    expect(winner({ id: 'a', sources: ['weekly'], priority: 9 }, { id: 'b' })).toBe('b');
    for (const status of ['draft', 'paused', 'archived'] as const) {
      expect(winner({ id: 'a', status, priority: 9 }, { id: 'b' })).toBe('b');
    }
  });

  test('each line has its own', () => {
    const paths = [{ id: 'a' }, { id: 'b', sources: ['basic'], targets: ['premium'] }];
    const subscriptions = [{}, { id: 'sub-2', tags: ['basic'] }];
    const lines = [{ ...yearly, id: 'second', tags: ['premium'] }, yearly];
    expect(changes({ paths, subscriptions, lines })).toMatchObject([
      { lineId: 'second', upgradePathId: 'b', subscriptionId: 'sub-2' },
      { lineId: 'annual', upgradePathId: 'a', subscriptionId: 'sub-1' },
    ]);
  });
});

describe('a choice is refused', () => {
  const choosing = (choice: Partial<TransitionChoice>, path: Partial<UpgradePathInput> = {}) =>
    refusalOf({ path, choices: [{ lineId: 'annual', choice: 'convert', ...choice }] });

  test('a choice is refused to keep what a mandatory path replaces', () => {
    expect(choosing({ choice: 'keep' })).toEqual(['transition_mandatory', '/transitions/0/choice']);
    expect(choosing({ choice: 'keep' }, { optional: true })).toBeUndefined();
  });

  test('a choice is refused for a line or a subscription that is not there', () => {
    expect(choosing({ lineId: 'other' })).toEqual(['invalid_request', '/transitions/0/lineId']);
    expect(choosing({ subscriptionId: 'other' })).toEqual(['invalid_request', '/transitions/0/subscriptionId']);
  });

  test('a choice is refused of a subscription that cannot change over', () => {
    const subscriptions = [{}, { id: 'sub-2', tags: ['weekly'] }];
    const choices = [{ lineId: 'annual', subscriptionId: 'sub-2', choice: 'convert' as const }];
    expect(refusalOf({ subscriptions, choices })).toEqual([
      'subscription_not_eligible',
      '/transitions/0/subscriptionId',
    ]);
  });
});
