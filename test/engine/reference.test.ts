import fc from 'fast-check';
import type { Quote } from '../../src/engine/answer';
import { quote } from '../../src/engine/quote';
import { compileRulebook } from '../../src/engine/rulebook';
import { type Case, cases } from '../reference/generators';
import { type ModelQuote, modelQuote } from '../reference/model';

// More or other cases: RUNS=10000 SEED=7 npx jest test/engine/reference
const RUNS = Number(process.env.RUNS ?? 400);
const SEED = Number(process.env.SEED ?? 20_261_121);

/** The part of an answer that the model speaks of. */
function comparable(answer: Omit<Quote, 'digest'>): ModelQuote {
  return {
    lines: answer.lines,
    totals: answer.totals,
    discounts: Object.fromEntries(answer.discounts.map(({ discountId, amount }) => [discountId, amount])),
    promoCodes: answer.promoCodes.map(({ code, status, reason }) =>
      reason === undefined ? { code, status } : { code, status, reason },
    ),
  };
}

test(
  'the engine agrees with the plain model written from the contract alone',
  () => {
    fc.assert(
      fc.property(cases, ({ catalog, request, at, facts }: Case) => {
        const answer = quote(request, at, compileRulebook(catalog), facts).quote;
        expect(comparable(answer)).toEqual(modelQuote(catalog, request, at, facts));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  },
  30_000 + RUNS * 50,
);
