import fc from 'fast-check';
import type { Quote } from '../../src/engine/quote/answer';
import { quote } from '../../src/engine/quote/quote';
import { compileRulebook } from '../../src/engine/rulebook/compile';
import type { Discount } from '../../src/engine/rulebook/discount';
import { type Case, cases, changes, unitCases, wideCases } from '../reference/generated/cases';
import { keptCases } from '../reference/generated/kept-cases';
import { type ModelQuote, modelQuote } from '../reference/model';
import { inOwnWords, OWN_TYPES } from '../reference/own-types';

// More or other cases: RUNS=10000 SEED=7 npx jest test/engine/reference
const RUNS = Number(process.env.RUNS ?? 400);
const SEED = Number(process.env.SEED ?? 20_261_121);

/** The part of an answer that the model speaks of. */
function comparable(answer: Omit<Quote, 'digest'>): ModelQuote {
  return {
    lines: answer.lines,
    totals: answer.totals,
    payments: answer.payments.map((payment) => ({ ...payment, at: new Date(payment.at).toISOString() })),
    discounts: Object.fromEntries(
      answer.discounts.map(({ discountId, grantId, amount }) => [`${discountId} ${grantId ?? ''}`, amount]),
    ),
    promoCodes: answer.promoCodes.map(({ code, status, reason }) =>
      reason === undefined ? { code, status } : { code, status, reason },
    ),
  };
}

function agrees({ catalog, request, at, facts }: Case): void {
  const answer = quote(request, at, compileRulebook(catalog), facts).quote;
  expect(comparable(answer)).toEqual(modelQuote(catalog, request, at, facts));
}

/** The model knows no types of a provider's own; rules of types that say what built-in ones say must come to the same. */
function agreesInOwnWords(given: Case): void {
  const { catalog, request, at, facts } = given;
  const rulebook = compileRulebook(inOwnWords(given).catalog, undefined, OWN_TYPES);
  expect(comparable(quote(request, at, rulebook, facts).quote)).toEqual(modelQuote(catalog, request, at, facts));
}

/** The model counts units one by one, of which such carts have too many. */
function withoutChosenUnits(given: Case): Case {
  const all = ({ buy, maxUnits, value, ...discount }: Discount): Discount => ({
    ...discount,
    value: value.type === 'set_price' ? { type: 'special_price', prices: value.prices } : value,
  });
  const promotions = given.catalog.promotions.map((promotion) => ({
    ...promotion,
    discounts: promotion.discounts.map(all),
  }));
  return { ...given, catalog: { ...given.catalog, promotions, discounts: given.catalog.discounts.map(all) } };
}

/** So that nothing is refused. */
function withoutChoices({ request: { transitions: _, ...request }, ...given }: Case): Case {
  return { ...given, request };
}

test.each([
  ['of everyday carts', cases],
  ['of discounts for some units, and of bundles', unitCases],
  ['of customers with subscriptions', changes.map(withoutChoices)],
  ['of customers who keep discounts', keptCases],
  ['of any currency, price and quantity', wideCases.map(withoutChosenUnits)],
])(
  'the engine agrees with the plain model written from the contract alone: %s',
  (_carts, any) => {
    fc.assert(fc.property(any, agrees), { numRuns: RUNS, seed: SEED });
  },
  30_000 + RUNS * 50,
);

test.each([
  ['of everyday carts', cases],
  ['of discounts for some units, and of bundles', unitCases],
  ['of any currency, price and quantity', wideCases.map(withoutChosenUnits)],
])(
  'the engine agrees with the model on rules of types of one’s own: %s',
  (_carts, any) => {
    fc.assert(fc.property(any, agreesInOwnWords), { numRuns: RUNS, seed: SEED });
  },
  30_000 + RUNS * 50,
);

test('many cases have conditions and values of types of one’s own', () => {
  const drawn = fc
    .sample(cases, { numRuns: 200, seed: SEED })
    .map((given) => JSON.stringify(inOwnWords(given).catalog));
  for (const name of ['total-', 'quantity-', 'orders-', 'group', 'attribute', 'off']) {
    const having = drawn.filter((catalog) => new RegExp(`"type":"custom","name":"[a-z-]*${name}`).test(catalog));
    expect({ name, isRare: having.length < 3 }).toEqual({ name, isRare: false });
  }
});
