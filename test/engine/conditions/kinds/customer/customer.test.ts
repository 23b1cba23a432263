import type { AccountEntry, OwnedService } from '../../../../../src/engine/cart/customer';
import type { Condition } from '../../../../../src/engine/conditions';
import { type CartRequest, judged, percent, quoteOf, tenPercentIf, totalOf } from '../../../../support/builders';

const month = { unit: 'month', length: 1 } as const;

function owning(...services: Partial<OwnedService>[]): CartRequest {
  return { customer: { services: services.map((service) => ({ serviceType: 'vps', status: 'active', ...service })) } };
}

describe('the services that a customer has', () => {
  const three = { type: 'service_count', comparison: 'gte', count: 3 } as const;
  const threePaid = { type: 'paid_service_count', comparison: 'gte', count: 3 } as const;

  test('the services that a customer has are added up by their quantity', () => {
    expect(judged(three, owning({ quantity: 2 }, {}))).toBe('holds');
    expect(judged(threePaid, owning({ quantity: 2, paid: true }, { paid: true }))).toBe('holds');
    expect(judged(three, owning({ quantity: 2 }))).toEqual({ actual: 2, required: 3, missing: 1 });
  });

  test('the services that a customer has are not paid unless the request says so', () => {
    expect(judged(threePaid, owning({ quantity: 5 }, { paid: false, quantity: 5 }, { paid: true }))).toEqual({
      actual: 1,
      required: 3,
      missing: 2,
    });
  });

  test.each([
    'active',
    'processing',
    'stopped',
  ] as const)('the services that a customer has count while %s', (status) => {
    expect(judged(three, owning({ status, quantity: 3 }))).toBe('holds');
  });

  test.each(['ordered', 'deleted'] as const)('the services that a customer has do not count while %s', (status) => {
    expect(judged(three, owning({ status, quantity: 3 }))).toMatchObject({ actual: 0 });
  });

  test('the services that a customer has are counted by type, plan and plan group, those of the registered plan too', () => {
    const plans = [{ id: 'gold', serviceType: 'vps', planGroups: ['linux'] }];
    const cart = owning({ plan: 'gold' }, { planGroups: ['linux'] }, { planGroups: ['windows'] });
    const linux = { planGroups: ['linux'] };
    const two = { type: 'service_count', comparison: 'eq', count: 2 } as const;
    expect(judged({ ...two, selector: linux }, cart, { plans })).toBe('holds');
    expect(judged({ ...two, selector: linux }, cart)).toMatchObject({ actual: 1 });
    expect(judged({ ...two, count: 1, selector: { plans: ['gold'] } }, cart)).toBe('holds');
    expect(judged({ ...two, selector: { serviceTypes: ['hosting'] } }, cart)).toMatchObject({ actual: 0 });
  });

  test('the services that a customer has are not those in the cart', () => {
    expect(judged(three, { ...owning(), lines: [{ quantity: 9 }] })).toMatchObject({ actual: 0 });
  });
});

describe('a new customer', () => {
  const isNew: Condition = { type: 'new_customer' };

  test('a new customer has no service', () => {
    expect(judged(isNew, owning())).toBe('holds');
    expect(judged(isNew, owning({}))).toEqual({});
  });

  test('a new customer never had one either', () => {
    expect(judged(isNew, owning({ status: 'deleted' }))).toEqual({});
    expect(judged(isNew, { customer: { services: [], firstServiceAt: '2023-01-01T00:00:00Z' } })).toEqual({});
  });

  test('a new customer is unknown without the list of services', () => {
    const missing = { reason: 'missing_fact', pointer: '/customer/services' };
    expect(judged(isNew, { customer: { id: 'anna' } })).toEqual(missing);
    expect(judged(isNew, { customer: { firstServiceAt: '2023-01-01T00:00:00Z' } })).toEqual(missing);
  });
});

describe('a customer group', () => {
  test('a customer group is one of several', () => {
    const condition: Condition = { type: 'customer_group', groups: ['resellers', 'partners'] };
    expect(judged(condition, { customer: { groups: ['new', 'partners'] } })).toBe('holds');
    expect(judged(condition, { customer: { groups: ['new'] } })).not.toBe('holds');
    expect(judged({ ...condition, negate: true }, { customer: { groups: [] } })).toBe('holds');
  });

  test('a customer group of long lists of groups 20 are told, and how many more there are', () => {
    const groups = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}${index}`);
    const condition: Condition = { type: 'customer_group', groups: groups(25, 'g') };
    const [declined] = quoteOf(
      { promotions: [{ conditions: [condition], discounts: [percent('10')] }] },
      { explain: 'candidates', customer: { groups: groups(20, 'own') } },
    ).declined;
    expect(declined?.unmet?.[0]).toMatchObject({
      actual: groups(20, 'own').join(', '),
      required: groups(20, 'g').join(', '),
      furtherRequired: 5,
    });
    expect(declined?.unmet?.[0]).not.toHaveProperty('furtherActual');
  });
});

describe.each(['expenses', 'payments'] as const)('%s', (type) => {
  const hundred = { type, comparison: 'gte', currency: 'EUR', amount: '100.00', period: month } as const;
  const booked = (...entries: [at: string, amount: string, currency?: string][]): CartRequest => ({
    customer: { [type]: entries.map(([at, amount, currency = 'EUR']): AccountEntry => ({ at, amount, currency })) },
  });

  test('of the period count, both ends included', () => {
    expect(judged(hundred, booked(['2024-05-12T10:00:00Z', '50'], ['2024-06-12T10:00:00Z', '50']))).toBe('holds');
    expect(judged(hundred, booked(['2024-05-12T09:59:59Z', '100']))).toMatchObject({ actual: '0.00' });
    expect(judged(hundred, booked(['2024-06-12T10:00:01Z', '100']))).toMatchObject({ actual: '0.00' });
  });

  test('in another currency do not count', () => {
    expect(judged(hundred, booked(['2024-06-10T00:00:00Z', '60'], ['2024-06-10T00:00:00Z', '500', 'USD']))).toEqual({
      actual: '60.00',
      required: '100.00',
      missing: '40.00',
    });
  });

  test('count in their currency whatever the cart is in', () => {
    expect(judged(hundred, { ...booked(['2024-06-10T00:00:00Z', '100']), currency: 'USD' })).toBe('holds');
  });

  test('are added exactly', () => {
    const cart = booked(['2024-06-10T00:00:00Z', '33.333333'], ['2024-06-11T00:00:00Z', '66.666667']);
    expect(judged({ ...hundred, comparison: 'eq' }, cart)).toBe('holds');
  });

  test('are counted back to the end of a shorter month', () => {
    const at = '2024-03-31T00:00:00Z';
    expect(judged(hundred, { at, ...booked(['2024-02-29T00:00:00Z', '100']) })).toBe('holds');
    expect(judged(hundred, { at, ...booked(['2024-02-28T23:59:59Z', '100']) })).not.toBe('holds');
  });

  test("are counted back on the provider's calendar, over a change of the clock", () => {
    const rules = { timeZone: 'Europe/Berlin' };
    // Midnight of 15 April is 22:00 UTC in summer time; that of 15 March is 23:00 UTC in winter time.
    const at = '2024-04-14T22:00:00Z';
    expect(judged(hundred, { at, ...booked(['2024-03-14T23:00:00Z', '100']) }, rules)).toBe('holds');
    expect(judged(hundred, { at, ...booked(['2024-03-14T22:59:59Z', '100']) }, rules)).not.toBe('holds');
  });
});

test('the orders placed before are counted', () => {
  const condition: Condition = { type: 'order_count', comparison: 'gte', count: 2 };
  expect(judged(condition, { customer: { orderCount: 2 } })).toBe('holds');
  expect(judged(condition, { customer: { orderCount: 0 } })).toEqual({ actual: 0, required: 2, missing: 2 });
});

describe('a fact that the request lacks', () => {
  const cases: [Condition, string][] = [
    [{ type: 'paid_service_count', comparison: 'gte', count: 0 }, '/customer/services'],
    [{ type: 'service_count', comparison: 'gte', count: 0 }, '/customer/services'],
    [{ type: 'registration_age', comparison: 'gt', period: month }, '/customer/registeredAt'],
    [{ type: 'first_service_age', comparison: 'gt', period: month }, '/customer/firstServiceAt'],
    [{ type: 'expenses', comparison: 'gte', currency: 'EUR', amount: '0', period: month }, '/customer/expenses'],
    [{ type: 'payments', comparison: 'gte', currency: 'EUR', amount: '0', period: month }, '/customer/payments'],
    [{ type: 'new_customer' }, '/customer/services'],
    [{ type: 'order_count', comparison: 'gte', count: 0 }, '/customer/orderCount'],
    [{ type: 'customer_group', groups: ['resellers'] }, '/customer/groups'],
  ];

  test.each(cases)('a fact that the request lacks fails %j and is pointed at', (condition, pointer) => {
    expect(judged(condition)).toEqual({ reason: 'missing_fact', pointer });
    expect(judged(condition, { customer: {} })).toEqual({ reason: 'missing_fact', pointer });
  });

  test.each(cases)('a fact that the request lacks fails %j when it is negated, too', (condition, pointer) => {
    expect(judged({ ...condition, negate: true })).toMatchObject({ reason: 'missing_fact', pointer });
    expect(totalOf({ promotions: [tenPercentIf({ ...condition, negate: true })] })).toBe('20.00');
  });
});

test('an empty list is a fact', () => {
  const customer = { services: [], expenses: [], payments: [], groups: [] };
  const none: Condition[] = [
    { type: 'paid_service_count', comparison: 'eq', count: 0 },
    { type: 'service_count', comparison: 'eq', count: 0 },
    { type: 'expenses', comparison: 'lt', currency: 'EUR', amount: '0.01', period: month },
    { type: 'payments', comparison: 'lt', currency: 'EUR', amount: '0.01', period: month },
    { type: 'customer_group', groups: ['resellers'], negate: true },
    { type: 'new_customer' },
  ];
  for (const condition of none) expect(judged(condition, { customer })).toBe('holds');
});
