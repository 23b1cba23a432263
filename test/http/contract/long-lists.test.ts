import { errorsInSteps } from '../../../src/http/contract/long-lists';
import { schemaErrors } from '../../../src/http/contract/validate-body';

const SOUND = { name: 'P', discounts: [{ name: 'D', value: { type: 'percent', percent: '10' } }] };

function documentOf(promotions: unknown[], more: object = {}): object {
  return { tags: [], plans: [], promotions, discounts: [], relatedProducts: [], upgradePaths: [], ...more };
}

function withFaults(count: number, faults: Record<number, object>): unknown[] {
  return Array.from({ length: count }, (_, index) => ({ ...SOUND, ...faults[index] }));
}

function inParts(body: unknown): unknown[] {
  const steps = errorsInSteps('CatalogDocument', body, JSON.stringify(body));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('the errors of a body of long lists, found part by part', () => {
  test.each<[string, unknown]>([
    ['a sound document', documentOf(withFaults(350, {}))],
    [
      'faults in several parts',
      documentOf(withFaults(350, { 3: { name: 1 }, 100: { discounts: [{}] }, 349: { unknown: 1 } })),
    ],
    ['a text that cannot be stored', documentOf(withFaults(150, { 120: { name: '\u0000' } }))],
    ['a member that nobody knows', documentOf(withFaults(150, {}), { promos: Array(150).fill(1) })],
    ['a list that is missing', { promotions: withFaults(150, {}) }],
    ['a list of lists', [documentOf(withFaults(150, {}))]],
    ['no document', null],
    ['more entries than a list may have', documentOf(Array(100_001).fill(0))],
  ])('are those of the whole: %s', (_, body) => {
    const whole = schemaErrors('CatalogDocument', body, JSON.stringify(body));
    expect(inParts(body)).toEqual(whole);
  });

  test('are no more than are told', () => {
    const body = documentOf(Array(400).fill({}));
    expect(inParts(body)).toHaveLength(50);
    expect(inParts(body)).toEqual(schemaErrors('CatalogDocument', body));
  });
});
