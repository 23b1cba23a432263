import {
  checkCondition,
  checkDiscount,
  checkPromoCode,
  checkPromotion,
  checkRelatedProduct,
  checkUpgradePath,
} from '../../../src/engine/rulebook/checks';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import type { UpgradePathInput } from '../../../src/engine/rulebook/upgrade-path';
import type { FieldError } from '../../../src/engine/vocabulary/problem';

const tenPercent: DiscountInput = { name: 'Ten', value: { type: 'percent', percent: '10' } };
const path: UpgradePathInput = {
  name: 'Monthly to yearly',
  texts: { en: { title: 'Go yearly' } },
  sources: ['monthly'],
  targets: ['yearly'],
  transition: 'next_booking',
};

function found(errors: FieldError[]): string[] {
  return errors.map(({ pointer, code }) => `${pointer} ${code}`);
}

test('a promotion without mistakes has none', () => {
  expect(
    checkPromotion({
      name: 'Summer',
      key: 'summer',
      startsAt: '2026-06-01T00:00:00+02:00',
      endsAt: '2026-09-01T00:00:00+02:00',
      limits: { total: 100, perCustomer: 1, budget: { EUR: '1000' } },
      conditions: [{ type: 'promo_code' }, { type: 'time_window', weekdays: ['sat', 'sun'] }],
      discounts: [tenPercent, { ...tenPercent, key: 'other' }],
    }),
  ).toEqual([]);
});

test('a window ends after it starts, compared as instants and not as text', () => {
  expect(
    found(checkPromotion({ name: 'A', startsAt: '2026-06-01T00:00:00+02:00', endsAt: '2026-05-31T22:00:00Z' })),
  ).toEqual(['/endsAt window_empty']);
  expect(checkPromotion({ name: 'A', startsAt: '2026-06-01T00:00:00+02:00', endsAt: '2026-05-31T22:00:01Z' })).toEqual(
    [],
  );
  expect(
    found(checkPromoCode({ code: 'A', startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-06-01T00:00:00Z' })),
  ).toEqual(['/endsAt window_empty']);
});

test('every mistake of a nested list is pointed at', () => {
  expect(
    found(
      checkPromotion({
        name: 'A',
        conditions: [
          { type: 'time_window' },
          { type: 'promo_code', id: 'x' },
          { type: 'new_customer', id: 'x' },
          { type: 'time_window', from: '10:00', to: '10:00' },
        ],
        discounts: [
          { ...tenPercent, key: 'a', id: '1' },
          {
            ...tenPercent,
            key: 'a',
            id: '1',
            conditions: [{ type: 'time_window' }],
            startsAt: '2026-01-02T00:00:00Z',
            endsAt: '2026-01-01T00:00:00Z',
          },
        ],
      }),
    ),
  ).toEqual([
    '/conditions/2/id duplicate_id',
    '/conditions/0 empty_time_window',
    '/conditions/3/to empty_time_window',
    '/discounts/1/id duplicate_id',
    '/discounts/1/key duplicate_key',
    '/discounts/1/endsAt window_empty',
    '/discounts/1/conditions/0 empty_time_window',
  ]);
});

test('the conditions of a related product are looked at too', () => {
  const action = { function: 'service.order' };
  expect(found(checkRelatedProduct({ name: 'A', action, conditions: [{ type: 'time_window' }] }))).toEqual([
    '/conditions/0 empty_time_window',
  ]);
});

test('a window over midnight is a window', () => {
  expect(checkCondition({ type: 'time_window', from: '22:00', to: '06:00' })).toEqual([]);
});

test('tiers start at an integer by quantity and at amounts by total', () => {
  expect(
    found(
      checkDiscount({
        name: 'A',
        value: { type: 'tiered_percent', by: 'quantity', tiers: [{ from: { EUR: '5' }, percent: '5' }] },
      }),
    ),
  ).toEqual(['/value/tiers/0/from tier_measure']);
  expect(
    found(
      checkDiscount({
        name: 'A',
        value: { type: 'tiered_amount_off', by: 'total', tiers: [{ from: 5, amounts: { EUR: '5' } }] },
      }),
    ),
  ).toEqual(['/value/tiers/0/from tier_measure']);
});

test('no two tiers start at the same point', () => {
  expect(
    found(
      checkDiscount({
        name: 'A',
        value: {
          type: 'tiered_percent',
          by: 'total',
          tiers: [
            { from: { EUR: '5.00' }, percent: '5' },
            { from: { USD: '5' }, percent: '6' },
            { from: { EUR: '5' }, percent: '7' },
          ],
        },
      }),
    ),
  ).toEqual(['/value/tiers/2/from duplicate_tier']);
});

test('an upgrade path leads from a tag to another', () => {
  expect(checkUpgradePath(path)).toEqual([]);
  expect(found(checkUpgradePath({ ...path, targets: ['yearly', 'monthly'] }))).toEqual(['/targets/1 shared_tag']);
});

test('a description uses known variables only', () => {
  const description = '{offerTitle} {nextPayment} {subscriptionId} {subscriptionTitle} {subscriptionPrice}';
  expect(checkUpgradePath({ ...path, texts: { en: { title: 'A', description } } })).toEqual([]);
  expect(
    found(
      checkUpgradePath({ ...path, texts: { 'de~/x': { title: 'A', description: '{offerTitel} { nextPayment }' } } }),
    ),
  ).toEqual(['/texts/de~0~1x/description unknown_variable', '/texts/de~0~1x/description unknown_variable']);
});

test('a range of unit prices has a bound and is not empty, wherever a selector stands', () => {
  const empty = { unitPrice: {} };
  const reversed = {
    unitPrice: { from: { EUR: '10.00', USD: '9.00' }, below: { EUR: '10.0', USD: '9.01', JPY: '1' } },
  };
  expect(found(checkDiscount({ ...tenPercent, selector: empty }))).toEqual(['/selector/unitPrice empty_price_range']);
  expect(found(checkDiscount({ ...tenPercent, buy: { selector: reversed, quantity: 1 } }))).toEqual([
    '/buy/selector/unitPrice/below/EUR empty_price_range',
  ]);
  expect(found(checkCondition({ type: 'purchase', selector: empty }))).toEqual([
    '/selector/unitPrice empty_price_range',
  ]);
  const conditions = [{ type: 'cart_has_service' as const, selector: reversed }];
  expect(found(checkPromotion({ name: 'A', conditions }))).toEqual([
    '/conditions/0/selector/unitPrice/below/EUR empty_price_range',
  ]);
  expect(checkDiscount({ ...tenPercent, selector: { unitPrice: { below: { EUR: '0.01' } } } })).toEqual([]);
});

test('the title of an offered line is no longer than a line of a cart takes', () => {
  const line = { serviceType: 'domain', unitPrices: { EUR: '12.00' } };
  const product = { name: 'A', action: { function: 'service.order' } };
  expect(checkRelatedProduct({ ...product, line: { ...line, title: { en: 'x'.repeat(500) } } })).toEqual([]);
  expect(
    found(checkRelatedProduct({ ...product, line: { ...line, title: { en: 'x', de: 'x'.repeat(501) } } })),
  ).toEqual(['/line/title/de max_length']);
});

test('a bundle that does not repeat has no number of repetitions', () => {
  const buy = { selector: {}, quantity: 1, maxRepeats: 2 };
  expect(checkDiscount({ ...tenPercent, buy })).toEqual([]);
  expect(checkDiscount({ ...tenPercent, buy: { ...buy, repeat: true } })).toEqual([]);
  expect(found(checkDiscount({ ...tenPercent, buy: { ...buy, repeat: false } }))).toEqual([
    '/buy/maxRepeats not_repeated',
  ]);
});

test('a price for sets is for what recurs in the order, and leaves no choice of units', () => {
  const value = { type: 'set_price' as const, quantity: 3, prices: { EUR: '10.00' } };
  const sets: DiscountInput = { name: 'Three', value, scope: 'order' };
  expect(checkDiscount({ ...sets, charges: ['recurring'], maxUnits: 6 })).toEqual([]);
  expect(found(checkDiscount({ name: 'Three', value }))).toEqual(['/scope set_price']);
  const buy = { selector: {}, quantity: 1 };
  const wrong: DiscountInput = {
    ...sets,
    scope: 'line',
    buy,
    charges: ['recurring', 'setup'],
    unitOrder: 'dearest_first',
  };
  expect(found(checkPromotion({ name: 'A', discounts: [wrong] }))).toEqual([
    '/discounts/0/scope set_price',
    '/discounts/0/buy set_price',
    '/discounts/0/charges set_price',
    '/discounts/0/unitOrder set_price',
  ]);
});
