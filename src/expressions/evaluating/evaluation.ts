import type { ASTNode } from '@marcbachmann/cel-js';
import type { PricedLine } from '../../engine/cart/priced-line';
import { COST, type Steps } from '../step-budget';
import { isFailure, type Members, type Value } from '../values/values';
import type { CartFacts } from './facts';

/** What an evaluation goes by. */
export interface Run {
  readonly facts: CartFacts;
  readonly steps: Steps;
  readonly parameters: Members;
  readonly lines: readonly PricedLine[];
  readonly line: Value | undefined;
  /** The variables of macros, by their place. */
  readonly own: Value[];
}

/** An expression, or a part of it, made ready. */
export type Evaluate = (run: Run) => Value;

/** Where a part of an expression lies. */
export interface Place {
  /** The variables of the macros around it. */
  readonly names: readonly string[];
  /** The variables of the cart that the expression names, as far as it is made ready. */
  readonly variables: Set<string>;
  /** How deep it lies in other parts. */
  readonly depth: number;
  /** Makes a part in it ready. */
  compile(node: ASTNode, place: Place): Evaluate;
}

/** What is wrong with an expression, and at which character. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/** Evaluates a part, and computes with what it has for a value. */
export function unary(part: Evaluate, compute: (value: Value, steps: Steps) => Value): Evaluate {
  return (run) => {
    run.steps.take(COST.node);
    const value = part(run);
    return isFailure(value) ? value : compute(value, run.steps);
  };
}

/** Returns the same of two parts. */
export function onTwo(left: Evaluate, right: Evaluate, compute: (a: Value, b: Value, steps: Steps) => Value): Evaluate {
  return (run) => {
    run.steps.take(COST.node);
    const a = left(run);
    if (isFailure(a)) return a;
    const b = right(run);
    return isFailure(b) ? b : compute(a, b, run.steps);
  };
}

/** Returns the same of any number of parts. */
export function onMany(parts: readonly Evaluate[], compute: (values: readonly Value[], run: Run) => Value): Evaluate {
  return (run) => {
    run.steps.take(COST.node + COST.entry * parts.length);
    const values: Value[] = [];
    for (const part of parts) {
      const value = part(run);
      if (isFailure(value)) return value;
      values.push(value);
    }
    return compute(values, run);
  };
}
