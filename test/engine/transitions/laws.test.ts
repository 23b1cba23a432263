import { RequestRefused } from '../../../src/engine/vocabulary/problem';
import { type Case, changes } from '../../reference/generated/cases';
import { choicesOf, type ModelTransitions, modelTransitions } from '../../reference/transitions';
import { ask, law } from '../../support/laws';

/** The part of an answer that the model speaks of. */
function told(given: Case): ModelTransitions {
  const subscriptions = given.request.subscriptions ?? [];
  try {
    const transitions = ask(given).transitions.map(({ lineId, upgradePathId, outcome, ...rest }) => ({
      lineId,
      upgradePathId,
      outcome,
      ...(rest.subscriptionId !== undefined && { subscriptionIds: [rest.subscriptionId] }),
      ...(rest.candidates !== undefined && { subscriptionIds: rest.candidates }),
      ...(rest.effectiveAt !== undefined && { effectiveAt: Date.parse(rest.effectiveAt) }),
    }));
    return { transitions: transitions.map((one) => ({ subscriptionIds: [], ...one })), refused: [] };
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    expect(subscriptions).not.toHaveLength(0);
    return { transitions: [], refused: error.errors.map(({ pointer }) => pointer).sort() };
  }
}

describe('whatever customers hold and choose', () => {
  law('lines change over as the plain model says, or are refused where it says', changes, (given) => {
    const model = modelTransitions(given.catalog, given.request, given.at);
    // Of several subscriptions beside an addition nobody asks which, so that the answer names none.
    const named = model.transitions.map((one) =>
      one.outcome === 'in_addition' && one.subscriptionIds.length > 1 ? { ...one, subscriptionIds: [] } : one,
    );
    expect(told(given)).toEqual(
      model.refused.length > 0 ? { transitions: [], refused: model.refused } : { transitions: named, refused: [] },
    );
  });

  law('no subscription ends twice, and every conversion is carried out or refused', changes, (given) => {
    const choices = choicesOf(given.request);
    const { transitions, refused } = told(given);
    const ended = transitions.flatMap(({ outcome, subscriptionIds }) => (outcome === 'replace' ? subscriptionIds : []));
    expect(new Set(ended).size).toBe(ended.length);
    if (refused.length > 0) {
      for (const pointer of refused) expect(choices[Number(pointer.split('/')[2])]).toBeDefined();
      return;
    }
    for (const { lineId, subscriptionId, choice } of choices) {
      const transition = transitions.find((one) => one.lineId === lineId);
      if (choice !== 'convert') continue;
      expect(transition?.outcome).toMatch(/^(replace|choice_required)$/);
      if (subscriptionId !== undefined) expect(transition?.subscriptionIds).toEqual([subscriptionId]);
    }
  });

  law('only a change back to the last booking lies in the past', changes, (given) => {
    if (told(given).refused.length > 0) return;
    for (const { transition, outcome, steps = [] } of ask(given).transitions) {
      if (transition === 'last_booking' && outcome === 'replace') continue;
      for (const { at } of steps) expect(Date.parse(at)).toBeGreaterThanOrEqual(given.at);
    }
  });
});
