import type { Customer } from '../../../../../src/engine/cart/customer';
import type { Comparison } from '../../../../../src/engine/conditions/comparison';
import { judged } from '../../../../support/builders';

const year = { unit: 'year', length: 1 } as const;
const month = { unit: 'month', length: 1 } as const;
const day = { unit: 'day', length: 1 } as const;

function registered(registeredAt: string, at = '2024-06-12T10:00:00Z') {
  return { at, customer: { registeredAt } };
}

describe('the time since registration', () => {
  const older = '2023-06-12T09:59:59Z';
  const exactly = '2023-06-12T10:00:00Z';
  const younger = '2023-06-12T10:00:01Z';

  test.each<[Comparison, string[]]>([
    ['gt', [older]],
    ['gte', [older, exactly]],
    ['eq', [exactly]],
    ['lte', [exactly, younger]],
    ['lt', [younger]],
  ])('%s a year', (comparison, holding) => {
    const condition = { type: 'registration_age', comparison, period: year } as const;
    const found = [older, exactly, younger].filter((at) => judged(condition, registered(at)) === 'holds');
    expect(found).toEqual(holding);
  });

  test('the time since registration of twelve months is that of a year', () => {
    const condition = { type: 'registration_age', comparison: 'eq', period: { ...month, length: 12 } } as const;
    expect(judged(condition, registered(exactly))).toBe('holds');
  });

  test('the time since registration is an instant, in whatever offset it is written', () => {
    const condition = { type: 'registration_age', comparison: 'eq', period: year } as const;
    expect(judged(condition, registered('2023-06-12T15:30:00+05:30'))).toBe('holds');
  });

  test('the time since registration ends on the last day of a shorter month', () => {
    const condition = { type: 'registration_age', comparison: 'gte', period: month } as const;
    expect(judged(condition, registered('2024-02-29T12:00:00Z', '2024-03-31T12:00:00Z'))).toBe('holds');
    expect(judged(condition, registered('2024-03-01T12:00:00Z', '2024-03-31T12:00:00Z'))).not.toBe('holds');
    expect(judged(condition, registered('2024-01-31T12:00:00Z', '2024-02-29T12:00:00Z'))).not.toBe('holds');
  });

  test('the time since registration counts a year back from a leap day to 28 February', () => {
    const condition = { type: 'registration_age', comparison: 'gt', period: year } as const;
    expect(judged(condition, registered('2023-02-28T11:59:59Z', '2024-02-29T12:00:00Z'))).toBe('holds');
    expect(judged(condition, registered('2023-02-28T12:00:00Z', '2024-02-29T12:00:00Z'))).not.toBe('holds');
  });

  test("the time since registration counts days on the provider's calendar: the day the clocks go forward has 23 hours", () => {
    const condition = { type: 'registration_age', comparison: 'gte', period: day } as const;
    const noon = '2024-03-10T12:00:00-04:00';
    const newYork = { timeZone: 'America/New_York' };
    expect(judged(condition, registered('2024-03-09T12:00:00-05:00', noon), newYork)).toBe('holds');
    expect(judged(condition, registered('2024-03-09T12:00:01-05:00', noon), newYork)).not.toBe('holds');
    // 23 hours are no day where the clocks stay.
    expect(judged(condition, registered('2024-03-09T12:00:00-05:00', noon), { timeZone: 'UTC' })).not.toBe('holds');
  });

  test.each([
    [{ ...year, length: 2 }, '2023-06-12T10:00:00Z', { actual: 'P1Y', required: 'P2Y', missing: 'P1Y' }],
    [{ ...month, length: 6 }, '2024-04-12T10:00:00Z', { actual: 'P2M', required: 'P6M', missing: 'P4M' }],
    [{ ...day, length: 30 }, '2024-05-31T10:00:00Z', { actual: 'P12D', required: 'P30D', missing: 'P18D' }],
  ])('the time since registration is told with what is missing to %j', (period, registeredAt, numbers) => {
    for (const comparison of ['gte', 'eq'] as const) {
      expect(judged({ type: 'registration_age', comparison, period }, registered(registeredAt))).toEqual(numbers);
    }
    const { missing: _, ...others } = numbers;
    expect(judged({ type: 'registration_age', comparison: 'gt', period }, registered(registeredAt))).toEqual(others);
  });

  test('the time since registration misses nothing where it is too long', () => {
    const condition = { type: 'registration_age', comparison: 'lte', period: { ...day, length: 30 } } as const;
    expect(judged(condition, registered('2024-04-28T10:00:00Z'))).toEqual({ actual: 'P45D', required: 'P30D' });
  });
});

describe('the time since the first service', () => {
  const lessThanADay = { type: 'first_service_age', comparison: 'lt', period: day } as const;
  const holds = (customer: Customer) => judged(lessThanADay, { customer }) === 'holds';
  const recent = '2024-06-12T08:00:00Z';
  const old = '2024-06-09T08:00:00Z';

  test('the time since the first service is counted from what the request calls the first service, whatever services it lists', () => {
    const services = [{ serviceType: 'vps', status: 'active', activatedAt: old }] as const;
    expect(holds({ firstServiceAt: recent, services: [...services] })).toBe(true);
    expect(holds({ firstServiceAt: recent, services: [] })).toBe(true);
    expect(holds({ firstServiceAt: old })).toBe(false);
  });

  test('the time since the first service is counted from the earliest service, each from its activation, else from its order', () => {
    expect(holds({ services: [{ serviceType: 'vps', status: 'active', orderedAt: old, activatedAt: recent }] })).toBe(
      true,
    );
    expect(holds({ services: [{ serviceType: 'vps', status: 'ordered', orderedAt: recent }] })).toBe(true);
    expect(
      holds({
        services: [
          { serviceType: 'vps', status: 'active', orderedAt: old, activatedAt: recent },
          { serviceType: 'vps', status: 'active', activatedAt: old },
        ],
      }),
    ).toBe(false);
  });

  test('the time since the first service counts a deleted service, too', () => {
    expect(holds({ services: [{ serviceType: 'vps', status: 'deleted', activatedAt: old }] })).toBe(false);
    const aMonth = { type: 'first_service_age', comparison: 'gt', period: day } as const;
    const services = [{ serviceType: 'vps', status: 'deleted' as const, activatedAt: old }];
    expect(judged(aMonth, { customer: { services } })).toBe('holds');
  });

  test.each<Comparison>([
    'gt',
    'gte',
    'eq',
    'lte',
    'lt',
  ])('the time since the first service is never %s anything without a service', (comparison) => {
    expect(judged({ ...lessThanADay, comparison }, { customer: { services: [] } })).toEqual({});
  });

  test('the time since the first service is a missing fact where no service has a date', () => {
    expect(judged(lessThanADay, { customer: { services: [{ serviceType: 'vps', status: 'active' }] } })).toEqual({
      reason: 'missing_fact',
      pointer: '/customer/firstServiceAt',
    });
  });

  test('the time since the first service is told in whole units', () => {
    const condition = { type: 'first_service_age', comparison: 'gte', period: { ...month, length: 3 } } as const;
    expect(judged(condition, { customer: { firstServiceAt: '2024-04-12T10:00:00Z' } })).toEqual({
      actual: 'P2M',
      required: 'P3M',
      missing: 'P1M',
    });
  });
});

test('what is missing of an age is rounded up: after so long the condition holds', () => {
  const thirtyDays = { type: 'registration_age' as const, comparison: 'gte' as const, period: { ...day, length: 30 } };
  expect(judged(thirtyDays, { customer: { registeredAt: '2024-05-30T22:00:00Z' } })).toMatchObject({
    actual: 'P12D',
    required: 'P30D',
    missing: 'P18D',
  });
});
