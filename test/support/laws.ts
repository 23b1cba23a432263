import fc from 'fast-check';
import type { Quote } from '../../src/engine/quote/answer';
import { quote } from '../../src/engine/quote/quote';
import { compileRulebook } from '../../src/engine/rulebook/compile';
import type { Case } from '../reference/generated/cases';

// More or other cases: RUNS=10000 SEED=7 npx jest test/engine/laws
const RUNS = Number(process.env.RUNS ?? 200);
const SEED = Number(process.env.SEED ?? 20_261_121);
const TIMEOUT = 30_000 + RUNS * 50;

/** What the engine answers to a generated case. */
export function ask({ catalog, request, at, facts }: Case): Omit<Quote, 'digest'> {
  return quote(request, at, compileRulebook(catalog), facts).quote;
}

/** A test of what must hold for every generated value. */
export function law<T>(name: string, arbitrary: fc.Arbitrary<T>, holds: (value: T) => void): void {
  test(name, () => fc.assert(fc.property(arbitrary, holds), { numRuns: RUNS, seed: SEED }), TIMEOUT);
}
