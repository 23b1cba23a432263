import type { FieldError } from '../engine/vocabulary/problem';
import { check, type ExpressionKind, parse } from './environment';
import { compile } from './evaluating/compile';
import { type Evaluate, ExpressionError } from './evaluating/evaluation';

/** An expression made ready. */
export interface Program {
  readonly evaluate: Evaluate;
  /** Whether it looks at the line that it is evaluated for. */
  readonly namesLine: boolean;
}

/** Finds what is wrong with an expression that is to be saved; nothing: it can be. */
export function expressionErrors(expression: string, kind: ExpressionKind): FieldError[] {
  try {
    compile(check(expression, kind));
    return [];
  } catch (error) {
    if (error instanceof ExpressionError)
      return [{ pointer: '/expression', code: 'expression', detail: told(error, expression) }];
    throw error;
  }
}

/** Returns an expression that was saved, made ready. */
export function programOf(expression: string): Program {
  const { evaluate, variables } = compile(parse(expression));
  return { evaluate, namesLine: variables.has('line') };
}

function told({ message, position }: ExpressionError, expression: string): string {
  const before = expression.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${message}`;
}
