import type { CustomParameters, Outcome } from '../engine/cart/custom-types';
import type { PricedCart } from '../engine/cart/priced-cart';
import type { PricedLine } from '../engine/cart/priced-line';
import type { Evaluate } from './evaluating/evaluation';
import { CartFacts } from './evaluating/facts';
import { COST, MOST_STEPS, OVER_COST, Steps } from './step-budget';
import { JsonObject } from './values/members';
import { FAILED, isFailure, type Members, type Value } from './values/values';

/** Why an evaluation came to nothing, to be counted. */
export type FailedEvaluation = 'failed' | 'over_cost';

/** Is told of evaluations that fail or cost too much. */
export type Note = (why: FailedEvaluation) => void;

const known = new WeakMap<PricedCart, CartFacts>();

/** Returns what expressions see of a cart. */
function factsOf(cart: PricedCart): CartFacts {
  const facts = known.get(cart) ?? new CartFacts(cart);
  known.set(cart, facts);
  return facts;
}

/** An expression with the parameters of one use of it. */
export class Use<T> {
  #parameters: Members | undefined;

  constructor(
    private readonly evaluate: Evaluate,
    private readonly parameters: CustomParameters,
    /** What the value of the expression means; `undefined`: it is of another type. */
    private readonly read: (value: Value) => T | undefined,
    private readonly note: Note,
  ) {}

  /** Returns what the expression finds of a cart; the same cart is asked about once. */
  outcome(cart: PricedCart): Outcome<T> {
    return this.#remembered(cart, '', (facts) => this.#evaluated(cart, facts, cart.lines, undefined));
  }

  /** Returns what it finds of these lines: of each, or with `isOnce` of all of them; one that fails is enough for none. */
  outcomes(cart: PricedCart, lines: readonly PricedLine[], isOnce: boolean): Outcome<readonly T[]> {
    const which = lines === cart.lines ? '*' : lines.map(({ index }) => index).join();
    return this.#remembered(cart, which, (facts) => {
      const found: T[] = [];
      for (const line of isOnce ? [undefined] : lines) {
        const outcome = this.#evaluated(cart, facts, lines, line);
        if (outcome.kind !== 'found') return outcome;
        found.push(outcome.value);
      }
      return { kind: 'found', value: found };
    });
  }

  #remembered<O>(cart: PricedCart, which: string, find: (facts: CartFacts) => Outcome<O>): Outcome<O> {
    const facts = factsOf(cart);
    const own = facts.outcomes.get(this) ?? new Map<string, Outcome<unknown>>();
    facts.outcomes.set(this, own);
    const outcome = (own.get(which) as Outcome<O> | undefined) ?? find(facts);
    own.set(which, outcome);
    return outcome;
  }

  #evaluated(
    { steps: left }: PricedCart,
    facts: CartFacts,
    lines: readonly PricedLine[],
    line: PricedLine | undefined,
  ): Outcome<T> {
    this.#parameters ??= new JsonObject(this.parameters, facts.decimals);
    // Half of what is left, so that there is always something left for others.
    const most = Math.min(MOST_STEPS, Math.floor(left.left / 2));
    const steps = new Steps(most);
    const run = {
      facts,
      steps,
      parameters: this.#parameters,
      lines,
      line: line && facts.line(line),
      own: [],
    };
    let value: Value = FAILED;
    let why: FailedEvaluation = 'failed';
    try {
      steps.take(COST.evaluation);
      value = this.evaluate(run);
    } catch (error) {
      if (error !== OVER_COST) throw error;
      why = 'over_cost';
    }
    left.left -= most - steps.rest;
    if (isFailure(value) && value.kind === 'missing_fact') return { kind: 'missing_fact', pointer: value.pointer };
    const found = isFailure(value) ? undefined : this.read(value);
    if (found !== undefined) return { kind: 'found', value: found };
    this.note(why);
    return { kind: 'expression_failed' };
  }
}
