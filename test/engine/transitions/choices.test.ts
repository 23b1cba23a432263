import type { TransitionChoice } from '../../../src/engine/cart/subscription';
import type { UpgradePathInput } from '../../../src/engine/rulebook/upgrade-path';
import { type Change, changes, month, refusalOf, yearly } from '../../support/changes';

const other = { ...yearly, id: 'other', plan: 'other-plan' };

/** Each line that changes over, with what it takes the place of; a choice is `line`, `line < subscription`, or with `keep` before it. */
function outcomes(choices: readonly string[], change: Change = {}): string[] {
  return changes({ lines: [yearly, other], ...change, choices: choices.map(choiceOf) }).map(
    ({ lineId, outcome, subscriptionId, candidates }) =>
      `${lineId} ${outcome} ${subscriptionId ?? candidates?.join() ?? ''}`.trim(),
  );
}

function refused(choices: readonly string[], change: Change = {}): string[] | undefined {
  return refusalOf({ lines: [yearly, other], ...change, choices: choices.map(choiceOf) });
}

function choiceOf(text: string): TransitionChoice {
  const [words = '', subscriptionId] = text.split(' < ');
  const lineId = words.replace('keep ', '');
  return { lineId, choice: words === lineId ? 'convert' : 'keep', ...(subscriptionId && { subscriptionId }) };
}

describe('who asks first', () => {
  const two = { subscriptions: [{}, { id: 'sub-2' }] };

  test('who asks first is who names the subscription, then who wants to convert any, then who says nothing', () => {
    expect(outcomes([])).toEqual(['annual replace sub-1']);
    expect(outcomes(['other'])).toEqual(['other replace sub-1']);
    expect(outcomes(['other < sub-1'])).toEqual(['other replace sub-1']);
    expect(outcomes(['annual', 'other < sub-1'], two)).toEqual(['annual replace sub-2', 'other replace sub-1']);
    expect(outcomes(['other < sub-2'], two)).toEqual(['annual replace sub-1', 'other replace sub-2']);
  });

  test('who asks first takes nothing from others by keeping', () => {
    const optional = { path: { optional: true } };
    expect(outcomes(['keep annual < sub-1', 'other < sub-1'], optional)).toEqual([
      'annual in_addition sub-1',
      'other replace sub-1',
    ]);
    expect(outcomes(['keep annual < sub-1', 'other'], optional)).toEqual([
      'annual in_addition sub-1',
      'other replace sub-1',
    ]);
  });

  test('who asks first may still have to choose, and keeps nothing from others until then', () => {
    expect(outcomes(['annual'], two)).toEqual([
      'annual choice_required sub-1,sub-2',
      'other choice_required sub-1,sub-2',
    ]);
  });
});

describe('a conversion that cannot be is refused, not forgotten:', () => {
  const named = (change: Change) => refused(['annual < sub-1'], change);
  const refusal = ['subscription_not_eligible', '/transitions/0/subscriptionId'];

  test.each<[string, Change]>([
    ['of a cancelled subscription', { subscriptions: [{ status: 'cancelled' }] }],
    ['of one that has ended', { subscriptions: [{ status: 'ended' }] }],
    ['of one in another currency', { subscriptions: [{ currency: 'USD' }] }],
    ['of one of the same plan', { subscriptions: [{ plan: 'yearly-plan' }] }],
    ['of one that no path leads from', { subscriptions: [{ tags: ['weekly'] }] }],
    ['to a line that no path leads to', { lines: [{ ...yearly, tags: [] }] }],
    ['to the renewal of a line', { lines: [{ ...yearly, action: 'renewal' }] }],
    ['to an add-on without a target tag', { lines: [{ ...yearly, addon: 'backup', tags: [] }] }],
    ['by a path that is paused', { path: { status: 'paused' } }],
  ])('%s', (_name, change) => {
    expect(named(change)).toEqual(refusal);
    expect(refused(['annual'], change)).toEqual(['subscription_not_eligible', '/transitions/0/choice']);
  });

  test('a conversion that cannot be is refused, not forgotten of a subscription that another line converts, at each of them', () => {
    expect(refused(['annual < sub-1', 'other < sub-1'])).toEqual([
      'subscription_not_eligible',
      '/transitions/0/subscriptionId',
      '/transitions/1/subscriptionId',
    ]);
    expect(refused(['annual', 'other < sub-1'])).toEqual(['subscription_not_eligible', '/transitions/0/choice']);
    expect(refused(['annual', 'other'])).toEqual(['subscription_not_eligible', '/transitions/1/choice']);
  });

  test('a conversion that cannot be is refused, not forgotten where there is no subscription at all', () => {
    expect(refused(['annual'], { subscriptions: [] })).toEqual(['subscription_not_eligible', '/transitions/0/choice']);
  });

  test('a conversion that cannot be is refused, not forgotten with every other error of the choices', () => {
    const change = { subscriptions: [{}, { id: 'sub-2', status: 'ended' as const }] };
    expect(refused(['keep annual', 'other < sub-2', 'third < sub-3'], change)).toEqual([
      'invalid_request',
      '/transitions/2/lineId',
      '/transitions/2/subscriptionId',
      '/transitions/1/subscriptionId',
      '/transitions/0/choice',
    ]);
  });
});

describe('keeping', () => {
  test('keeping is refused on a mandatory path, also where another line converts the subscription', () => {
    expect(refused(['keep annual'])).toEqual(['transition_mandatory', '/transitions/0/choice']);
    expect(refused(['keep annual < sub-1', 'other < sub-1'])).toEqual([
      'transition_mandatory',
      '/transitions/0/choice',
    ]);
  });

  test('keeping needs no path', () => {
    expect(outcomes(['keep annual < sub-1'], { subscriptions: [{ status: 'cancelled' }] })).toEqual([]);
  });
});

describe('the subscription that is chosen', () => {
  const paths: Partial<UpgradePathInput>[] = [
    { id: 'a', priority: 9 },
    { id: 'b', sources: ['weekly'], optional: true },
  ];
  const subscriptions = [{}, { id: 'sub-2', tags: ['weekly'] }];
  const taken = (choice: string) =>
    changes({ paths, subscriptions, choices: [choiceOf(choice)] }).map(({ upgradePathId }) => upgradePathId);

  test('the subscription that is chosen decides between the paths, whatever their order', () => {
    expect(taken('annual')).toEqual(['a']);
    expect(taken('annual < sub-1')).toEqual(['a']);
    expect(taken('annual < sub-2')).toEqual(['b']);
    expect(taken('keep annual < sub-2')).toEqual(['b']);
  });
});

describe('what is no checkout of a target', () => {
  const plans = [{ id: 'yearly-plan', serviceType: 'subscription', tags: ['yearly'] }];

  test('what is no checkout of a target is a renewal', () => {
    expect(changes({ lines: [{ ...yearly, action: 'renewal' }] })).toEqual([]);
    expect(changes({ lines: [{ ...yearly, action: 'change' }] })).toHaveLength(1);
  });

  test("what is no checkout of a target is an add-on, but for tags of its own: its plan's do not count", () => {
    const addon = { ...yearly, addon: 'backup', tags: undefined };
    expect(changes({ lines: [{ ...addon, addon: undefined }], rules: { plans } })).toHaveLength(1);
    expect(changes({ lines: [addon], rules: { plans } })).toEqual([]);
    expect(changes({ lines: [{ ...addon, tags: ['yearly'] }], rules: { plans } })).toHaveLength(1);
  });
});

test('of many subscriptions the first twenty can be chosen from, and the rest is counted', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `sub-${index}`, interval: month }));
  const [twenty] = changes({ subscriptions: many(20) });
  expect(twenty?.candidates).toHaveLength(20);
  expect(twenty?.furtherCandidates).toBeUndefined();
  const [more] = changes({ subscriptions: many(33) });
  expect(more?.candidates).toEqual(twenty?.candidates);
  expect(more?.furtherCandidates).toBe(13);
});

test('many lines together list four hundred subscriptions to choose from, and the others count all of theirs', () => {
  const subscriptions = Array.from({ length: 33 }, (_, index) => ({ id: `sub-${index}`, interval: month }));
  const lines = Array.from({ length: 22 }, (_, index) => ({ ...yearly, id: `line-${index}` }));
  const all = changes({ lines, subscriptions });
  expect(all.slice(0, 20).every(({ candidates }) => candidates?.length === 20)).toBe(true);
  expect(all.slice(20)).toMatchObject([
    { candidates: [], furtherCandidates: 33 },
    { candidates: [], furtherCandidates: 33 },
  ]);
});
