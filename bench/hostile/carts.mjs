/** Carts and other bodies, as large as the bounds of the contract let them be and larger. */
export const longTexts = (count, length) =>
  Array.from({ length: count }, (_, index) => `${index}-`.padEnd(length, 'x'));
export const line = (index, fields = {}) => ({
  id: `line-${index}`,
  serviceType: 'hosting',
  unitPrice: '19.99',
  ...fields,
});
export const cart = (count, fields = {}) => ({
  currency: 'EUR',
  lines: Array.from({ length: count }, (_, index) => line(index, fields)),
});
export const month = { unit: 'month', length: 1 };
export const subscription = (id, fields = {}) => ({
  id,
  tags: ['src'],
  price: '10.00',
  currency: 'EUR',
  interval: month,
  startedAt: '2026-01-01T00:00:00Z',
  nextBookingAt: '2026-12-01T00:00:00Z',
  ...fields,
});
export const subscriptions = (count, fields) => longTexts(count, 200).map((id) => subscription(id, fields));
export const conversions = (count) =>
  Array.from({ length: count }, (_, index) => ({ lineId: `line-${index}`, choice: 'convert' }));
export const nested = (depth, inner) => Array.from({ length: depth }).reduce((all) => [all], inner);
export const ofMegabyte = (entry) =>
  `[${Array(Math.floor(1_000_000 / (entry.length + 1)))
    .fill(entry)
    .join(',')}]`;

/** The most that the bounds of the contract let through: 500 lines with everything that they may have. */
export function largestCart() {
  const terms = (name) => Array.from({ length: 8 }, (_, index) => `${name}${index}`);
  return {
    ...cart(500, {
      plan: 'plan',
      period: month,
      quantity: 3,
      setupFee: '5.00',
      tags: ['tgt', ...terms('t')],
      planGroups: terms('g'),
    }),
    customer: { groups: longTexts(100, 190) },
    subscriptions: subscriptions(100),
    transitions: conversions(500),
    explain: 'candidates',
  };
}

/** The same without subscriptions, of a shop that has everything to tell. */
export function askingCart() {
  const { subscriptions: _, transitions, ...rest } = largestCart();
  return { ...rest, nudges: 10, offerPrices: true };
}
