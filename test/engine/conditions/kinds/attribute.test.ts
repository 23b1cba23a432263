import type { AttributeCondition } from '../../../../src/engine/conditions/kinds/attribute';
import type { UnmetCondition } from '../../../../src/engine/vocabulary/reasons';
import { type CartRequest, quoteOf, type Rules } from '../../../support/builders';

type Asked = Omit<AttributeCondition, 'type'>;

const TEN = [{ value: { type: 'percent' as const, percent: '10' } }];

function rulesOf(asked: Asked, negate = false): Rules {
  return { promotions: [{ discounts: TEN, conditions: [{ type: 'attribute', ...asked, negate }] }] };
}

function holds(asked: Asked, cart: CartRequest, rules: Rules = rulesOf(asked)): boolean {
  return quoteOf(rules, cart).totals.discount !== '0.00';
}

function unmetOf(asked: Asked, cart: CartRequest): Partial<UnmetCondition> | undefined {
  const { declined } = quoteOf(rulesOf(asked), { ...cart, explain: 'all' });
  const { conditionId: _id, of, ...unmet } = declined[0]?.unmet?.[0] ?? { conditionId: '' };
  expect(of).toBe(asked.of);
  return unmet;
}

const channel: Asked = { of: 'cart', name: 'channel', values: ['app', 2, true] };

test.each([
  ['app', true],
  ['App', false],
  [2, true],
  ['2', false],
  [true, true],
  ['true', false],
  [1, false],
  [['web', 'app'], true],
  [['web'], false],
  [[], false],
  ['', false],
  [false, false],
  [0, false],
])('of the cart, any of the values: %j', (value, expected) => {
  expect(holds(channel, { attributes: { channel: value as string } })).toBe(expected);
});

test('of the customer, and negated', () => {
  const tier: Asked = { of: 'customer', name: 'tier', values: ['gold'] };
  expect(holds(tier, { customer: { attributes: { tier: 'gold' } } })).toBe(true);
  expect(holds(tier, { customer: { attributes: { tier: 'gold' } } }, rulesOf(tier, true))).toBe(false);
  expect(holds(tier, { customer: { attributes: { tier: 'iron' } } }, rulesOf(tier, true))).toBe(true);
  expect(holds(tier, { customer: {} }, rulesOf(tier, true))).toBe(false);
});

test.each([
  ['gte', 16, true],
  ['gt', 16, false],
  ['lte', 16, true],
  ['lt', 16.5, true],
  ['eq', 16, true],
  ['eq', 17, false],
] as const)('16 %s %d: %s', (comparison, value, expected) => {
  const ram: Asked = { of: 'line', name: 'ram', comparison, value };
  expect(holds(ram, { lines: [{}, { id: 'b', attributes: { ram: 16 } }] })).toBe(expected);
});

test('what is no number is never more or less than one', () => {
  expect(holds({ of: 'cart', name: 'ram', comparison: 'lt', value: 20 }, { attributes: { ram: '16' } })).toBe(false);
});

test('a line has the attributes of its plan, but its own win', () => {
  const ssd: Asked = { of: 'line', name: 'disk', values: ['ssd'] };
  const rules = { ...rulesOf(ssd), plans: [{ id: 'vps-1', serviceType: 'vps', attributes: { disk: 'ssd' } }] };
  expect(holds(ssd, { lines: [{ plan: 'vps-1' }] }, rules)).toBe(true);
  expect(holds(ssd, { lines: [{ plan: 'vps-1', attributes: { ram: 1 } }] }, rules)).toBe(true);
  expect(holds(ssd, { lines: [{ plan: 'vps-1', attributes: { disk: 'hdd' } }] }, rules)).toBe(false);
});

test('an attribute named like a part of every object is no fact before it is sent', () => {
  expect(unmetOf({ of: 'cart', name: 'constructor', values: ['x'] }, { attributes: {} })).toMatchObject({
    reason: 'missing_fact',
    pointer: '/attributes/constructor',
  });
});

describe('why it does not hold', () => {
  const lines = [
    { id: 'a', serviceType: 'domain' },
    { id: 'b', serviceType: 'vps' },
    { id: 'c', serviceType: 'vps', attributes: { ram: 8 } },
    { id: 'd', serviceType: 'vps', attributes: { ram: 4 } },
  ];
  const ram: Asked = { of: 'line', name: 'ram', selector: { serviceTypes: ['vps'] }, comparison: 'gte', value: 16 };

  test('the value of the first line that has it, and what is asked for; nothing is missing', () => {
    expect(unmetOf(ram, { lines })).toEqual({ type: 'attribute', actual: 8, required: 16 });
  });

  test('absent everywhere, the place in the first line that matches', () => {
    expect(unmetOf(ram, { lines: lines.slice(0, 2) })).toEqual({
      type: 'attribute',
      reason: 'missing_fact',
      pointer: '/lines/1/attributes/ram',
    });
  });

  test('why it does not hold without a line that matches there is no place', () => {
    expect(unmetOf(ram, { lines: lines.slice(0, 1) })).toEqual({ type: 'attribute' });
  });

  test('why it does not hold lists are lists, of which twenty entries are told', () => {
    const many = Array.from({ length: 22 }, (_, index) => `v${index}`);
    const unmet = unmetOf({ of: 'cart', name: 'features', values: many }, { attributes: { features: ['x', 'y'] } });
    expect(unmet).toEqual({
      type: 'attribute',
      actual: ['x', 'y'],
      required: many.slice(0, 20),
      furtherRequired: 2,
    });
  });
});
