import type { Alternative } from '../../../src/engine/transitions/quoted-transition';
import { percent, type Rules } from '../../support/builders';
import { type Change, changes, month, yearly } from '../../support/changes';

const optional = { optional: true, transition: 'next_booking' as const };

/** The alternatives of the first line that changes over. */
function alternatives(change: Change = {}): Alternative[] | undefined {
  return changes({ path: optional, ...change })[0]?.alternatives;
}

/** Each alternative in a word: its choice, its subscription and what it would invoice. */
function told(change: Change = {}): string[] | undefined {
  return alternatives(change)?.map(({ choice, subscriptionId = '', steps }) =>
    [choice, subscriptionId, steps.at(-1)?.amount].join(' '),
  );
}

test('an optional path tells what to convert and what to keep would do', () => {
  const texts = { en: { title: 'Go yearly', description: '{subscriptionId} ends, next on {nextPayment}' } };
  const [change] = changes({ path: { ...optional, texts } });
  expect(change).toMatchObject({ outcome: 'in_addition', title: 'Go yearly' });
  expect(change?.description).toBeUndefined();
  expect(change?.alternatives).toEqual([
    {
      choice: 'convert',
      subscriptionId: 'sub-1',
      outcome: 'replace',
      effectiveAt: '2024-04-01T00:00:00Z',
      steps: [
        { type: 'end_subscription', at: '2024-04-01T00:00:00Z' },
        { type: 'start_subscription', at: '2024-04-01T00:00:00Z' },
        { type: 'issue_invoice', at: '2024-04-01T00:00:00Z', amount: '100.00', from: '2024-04-01', to: '2025-03-31' },
      ],
      description: 'sub-1 ends, next on Apr 1, 2024',
    },
    {
      choice: 'keep',
      outcome: 'in_addition',
      effectiveAt: '2024-03-11T10:00:00Z',
      steps: [
        { type: 'start_subscription', at: '2024-03-11T10:00:00Z' },
        { type: 'issue_invoice', at: '2024-03-11T10:00:00Z', amount: '100.00', from: '2024-03-11', to: '2025-03-10' },
      ],
    },
  ]);
});

test('a mandatory path leaves nothing to choose', () => {
  expect(alternatives({ path: {} })).toBeUndefined();
});

test('what is chosen already is among them, and what was not', () => {
  const subscriptions = [{}, { id: 'sub-2' }];
  for (const subscriptionId of ['sub-1', 'sub-2', undefined]) {
    const choices = [{ lineId: 'annual', choice: 'convert' as const, ...(subscriptionId && { subscriptionId }) }];
    expect(told({ subscriptions, choices })).toEqual(['convert sub-1 100.00', 'convert sub-2 100.00', 'keep  100.00']);
  }
});

test('a subscription that another line ends is not open', () => {
  const lines = [yearly, { ...yearly, id: 'other', plan: 'other-plan' }];
  const choices = [{ lineId: 'other', choice: 'convert' as const, subscriptionId: 'sub-1' }];
  const both = changes({ path: optional, lines, subscriptions: [{}, { id: 'sub-2' }], choices });
  expect(both.map((one) => one.alternatives?.map(({ subscriptionId }) => subscriptionId))).toEqual([
    ['sub-2', undefined],
    ['sub-1', 'sub-2', undefined],
  ]);
});

test('what cannot be reckoned is not open', () => {
  const path = { optional: true, transition: 'last_booking' as const };
  expect(told({ path, subscriptions: [{ lastBookingAt: '2024-03-12T00:00:00Z' }] })).toEqual(['keep  100.00']);
});

describe('prices are those of the choice', () => {
  const rules: Rules = { discounts: [{ ...percent('50'), endsAt: '2024-05-11T10:00:00Z', coverage: 'until_end' }] };

  test('prices are those of the choice for a discount may cover more of what begins sooner', () => {
    // Two whole months of twelve from March 11 on, one from April 1 on.
    expect(told({ rules })).toEqual(['convert sub-1 95.83', 'keep  91.67']);
    const choices = [{ lineId: 'annual', choice: 'convert' as const }];
    expect(told({ rules, choices })).toEqual(['convert sub-1 95.83', 'keep  91.67']);
    expect(changes({ path: optional, rules, choices })[0]?.steps?.at(-1)?.amount).toBe('95.83');
  });

  test('prices are those of the choice but for a line that says itself when it begins', () => {
    const lines = [{ ...yearly, startsAt: '2024-04-01T00:00:00Z' }];
    expect(told({ rules, lines })).toEqual(['convert sub-1 95.83', 'keep  95.83']);
  });

  test('prices are those of the choice and left out where there are too many to reckon', () => {
    const lines = Array.from({ length: 300 }, (_, index) => ({
      ...yearly,
      id: `line-${index}`,
      plan: `plan-${index}`,
    }));
    const priced = changes({ path: optional, rules, lines }).filter(({ alternatives: open }) => open?.length === 2);
    expect(priced).toHaveLength(1);
  });
});

test('a line has at most twenty conversions, a quote a hundred', () => {
  const subscriptions = Array.from({ length: 30 }, (_, index) => ({ id: `sub-${index}`, interval: month }));
  const lines = Array.from({ length: 6 }, (_, index) => ({ ...yearly, id: `line-${index}`, plan: `plan-${index}` }));
  const counts = changes({ path: optional, subscriptions, lines }).map((one) => one.alternatives?.length);
  expect(counts).toEqual([21, 21, 21, 21, 21, 1]);
});
