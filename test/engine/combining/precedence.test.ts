import type { CartLine } from '../../../src/engine/cart/cart';
import type { Customer } from '../../../src/engine/cart/customer';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import type { Selector } from '../../../src/engine/vocabulary/selector';
import { amountOff, offEach, offOf, percent, quoteOf, type Rules, reasonsOf, totalOf } from '../../support/builders';

/** Which of two discounts, `one` of 5 % and `other` of 30 %, applies to a line that both match. */
function winner(
  one: Partial<DiscountInput>,
  other: Partial<DiscountInput>,
  line: Partial<CartLine> = {},
  customer: Customer = {},
): string {
  const discounts = [
    { name: 'one', ...percent('5'), ...one },
    { name: 'other', ...percent('30'), ...other },
  ];
  const applied = quoteOf({ discounts }, { lines: [line], customer }).discounts;
  expect(applied).toHaveLength(1);
  return applied[0]?.name ?? '';
}

describe('the first discount', () => {
  const line: Partial<CartLine> = {
    serviceType: 'hosting',
    plan: 'm',
    planGroups: ['linux'],
    addon: 'ssl',
    tags: ['fast'],
    period: { unit: 'year', length: 1 },
    quantity: 3,
  };
  const periods: Selector['periods'] = [{ unit: 'year', length: 1 }];
  const byScope: [string, Selector][] = [
    ['an add-on', { addons: ['ssl'] }],
    ['a plan with a period', { plans: ['m'], periods }],
    ['a plan', { plans: ['m'] }],
    ['a plan group', { planGroups: ['linux'] }],
    ['a tag', { tags: ['fast'] }],
    ['a service type', { serviceTypes: ['hosting'] }],
    ['everything', {}],
  ];

  test.each(
    byScope.flatMap(([narrow, selector], index) =>
      byScope
        .slice(index + 1)
        .map(([wide, other]): [string, string, Selector, Selector] => [narrow, wide, selector, other]),
    ),
  )('the first discount is for %s before %s', (_narrow, _wide, selector, other) => {
    expect(winner({ selector }, { selector: other }, line)).toBe('one');
  });

  test('the first discount of the order discounts is the one that saves more from the full price, whatever a line discount leaves of it', () => {
    const less = { name: 'less', ...amountOff('60.00'), scope: 'order' as const };
    const more = { name: 'more', ...percent('99.9'), scope: 'order' as const };
    const rules = { discounts: [less, more, { name: 'line', ...percent('90') }] };
    const names = quoteOf(rules, { lines: [{ unitPrice: '100.00' }] }).discounts.map(({ name }) => name);
    expect(names).toEqual(['line', 'more']);
  });

  test('the first discount with several lists is as narrow as the narrowest', () => {
    expect(
      winner({ selector: { serviceTypes: ['hosting'], addons: ['ssl'] } }, { selector: { plans: ['m'] } }, line),
    ).toBe('one');
    expect(winner({ selector: { tags: ['fast'], plans: ['m'] } }, { selector: { planGroups: ['linux'] } }, line)).toBe(
      'one',
    );
  });

  test.each<[string, Selector]>([
    ['periods', { periods }],
    ['actions', { actions: ['order'] }],
    ['a least quantity', { minQuantity: 2 }],
    ['nothing', {}],
  ])('the first discount is for a service type before %s alone', (_name, selector) => {
    expect(winner({ selector: { serviceTypes: ['hosting'] } }, { selector }, line)).toBe('one');
    expect(winner({ selector }, {}, line)).toBe('other');
  });

  test('the first discount is narrowed by a period only where it is for a plan', () => {
    const planGroups = ['linux'];
    expect(winner({ selector: { planGroups, periods } }, { selector: { planGroups } }, line)).toBe('other');
    expect(winner({ selector: { plans: ['m'] } }, { selector: { planGroups, periods } }, line)).toBe('one');
  });

  test('the first discount is for the customer before his group before all, whatever their scope', () => {
    const anna = { id: 'anna', groups: ['resellers'] };
    const own = { recipients: { customers: ['anna'] } };
    const group = { recipients: { groups: ['resellers'] } };
    expect(winner(own, group, line, anna)).toBe('one');
    expect(winner(group, { selector: { addons: ['ssl'] } }, line, anna)).toBe('one');
    expect(winner(own, { ...group, selector: { addons: ['ssl'] } }, line, anna)).toBe('one');
    expect(winner({ recipients: { customers: ['anna'], groups: ['others'] } }, group, line, anna)).toBe('one');
  });

  test('the first discount has the higher priority before everything else', () => {
    const anna = { id: 'anna' };
    const own = { recipients: { customers: ['anna'] }, selector: { addons: ['ssl'] } };
    expect(winner({ priority: 1 }, own, line, anna)).toBe('one');
    expect(winner({ priority: -1 }, { priority: -2, ...own }, line, anna)).toBe('one');
    expect(winner({ priority: -1 }, {}, line)).toBe('other');
  });

  test('the first discount has the priority of its promotion unless it has its own', () => {
    const rules = (own?: number): Rules => ({
      promotions: [{ priority: 5, discounts: [{ ...percent('5'), ...(own !== undefined && { priority: own }) }] }],
      discounts: [{ ...percent('30'), priority: 4 }],
    });
    expect(offOf(rules())).toBe('1.00');
    expect(offOf(rules(3))).toBe('6.00');
    expect(offOf(rules(0))).toBe('6.00');
  });

  test('the first discount saves more, from the full price, after caps and least prices', () => {
    const capped = { value: { type: 'percent' as const, percent: '30', cap: { EUR: '0.50' } } };
    expect(winner({}, capped)).toBe('one');
    // The least price leaves 0.40 to either of them, so the older one applies.
    expect(winner({}, {}, { minUnitPrice: '19.60' })).toBe('one');
  });

  test('the first discount is the older one where nothing else decides', () => {
    const younger = { ...percent('10'), id: 'b', name: 'younger' };
    const older = { ...percent('10'), id: 'a', name: 'older' };
    const quote = quoteOf({ discounts: [younger, older] }, { explain: 'candidates' });
    expect(quote.discounts).toMatchObject([{ name: 'older' }]);
    expect(quote.declined).toEqual([{ discountId: 'b', name: 'younger', reason: 'outranked', blockedBy: 'a' }]);
  });
});

describe('a stacking group', () => {
  const rules = (combination: 'best' | 'sum' | 'sequence'): Rules => ({
    settings: { combination },
    promotions: [
      { stackingGroup: 'season', discounts: [{ name: 'spring', ...percent('10') }] },
      { stackingGroup: 'season', discounts: [{ name: 'easter', ...percent('20') }] },
      { stackingGroup: 'loyalty', discounts: [{ name: 'loyalty', ...percent('5') }] },
      { discounts: [{ name: 'always', ...amountOff('1.00') }] },
    ],
  });

  test('a stacking group gives its first discount only, beside those outside of it', () => {
    expect(totalOf(rules('sum'))).toBe('14.00');
    // 20 %: 16.00; 1.00 and 5 % of the full price save the same, so the older loyalty is next: 15.20, then 14.20.
    expect(totalOf(rules('sequence'))).toBe('14.20');
    expect(totalOf(rules('best'))).toBe('16.00');
    expect(reasonsOf(quoteOf(rules('sum'), { explain: 'candidates' }))).toEqual({ spring: 'outranked' });
  });

  test('a stacking group decides line by line', () => {
    const perLine: Rules = {
      settings: { combination: 'sum' },
      promotions: [
        { stackingGroup: 'season', priority: 1, discounts: [{ ...percent('5'), selector: { serviceTypes: ['vps'] } }] },
        { stackingGroup: 'season', discounts: [percent('20')] },
      ],
    };
    expect(offEach(perLine, { lines: [{ serviceType: 'vps' }, {}] })).toEqual(['1.00', '4.00']);
  });

  test('a stacking group of nobody is no group', () => {
    expect(
      totalOf({ settings: { combination: 'sum' }, promotions: [1, 2].map(() => ({ discounts: [percent('10')] })) }),
    ).toBe('16.00');
  });
});

describe('an exclusive promotion', () => {
  const exclusive = { id: 'sole', exclusive: true, discounts: [{ name: 'sole', ...percent('5') }] };
  const other = { id: 'other', discounts: [{ name: 'other', ...percent('30') }] };
  const everywhere = { id: 'everywhere', name: 'everywhere', ...percent('40') };

  test.each(['best', 'sum', 'sequence'] as const)('an exclusive promotion applies alone with %s', (combination) => {
    const rules: Rules = { settings: { combination }, promotions: [other, exclusive], discounts: [everywhere] };
    const quote = quoteOf(rules, { explain: 'candidates' });
    expect(quote.totals.discount).toBe('1.00');
    expect(quote.declined).toEqual([
      { promotionId: 'other', discountId: 'other-discount-1', name: 'other', reason: 'excluded', blockedBy: 'sole' },
      { discountId: 'everywhere', name: 'everywhere', reason: 'excluded', blockedBy: 'sole' },
    ]);
  });

  test('an exclusive promotion applies alone to the whole cart, also where it takes nothing off a line', () => {
    const forVps = { ...exclusive, discounts: [{ ...percent('5'), selector: { serviceTypes: ['vps'] } }] };
    expect(offEach({ promotions: [forVps, other] }, { lines: [{ serviceType: 'vps' }, {}] })).toEqual(['1.00', '0.00']);
  });

  test('an exclusive promotion applies with all of its discounts', () => {
    const two = { ...exclusive, discounts: [percent('5'), { ...amountOff('3.00'), scope: 'order' as const }] };
    expect(offOf({ settings: { combination: 'sum' }, promotions: [two, other] })).toBe('4.00');
  });

  test('an exclusive promotion of several is the first one', () => {
    const second = { id: 'second', exclusive: true, priority: 1, discounts: [{ name: 'second', ...percent('3') }] };
    const quote = quoteOf({ promotions: [exclusive, second, other] }, { explain: 'candidates' });
    expect(quote.totals.discount).toBe('0.60');
    expect(quote.declined).toMatchObject([
      { name: 'other', reason: 'excluded', blockedBy: 'second' },
      { name: 'sole', reason: 'outranked', blockedBy: 'second' },
    ]);
  });

  test('an exclusive promotion excludes nothing where it does not apply itself', () => {
    const unmet = { ...exclusive, conditions: [{ type: 'promo_code' as const }] };
    const elsewhere = { ...exclusive, discounts: [{ ...percent('5'), selector: { serviceTypes: ['vps'] } }] };
    expect(offOf({ promotions: [unmet, other] })).toBe('6.00');
    expect(offOf({ promotions: [elsewhere, other] })).toBe('6.00');
    expect(offOf({ promotions: [{ ...exclusive, status: 'paused' }, other] })).toBe('6.00');
  });
});
