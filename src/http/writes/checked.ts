import type { FieldError } from '../../engine/vocabulary/problem';
import { invalid } from '../answers/problem';

/** A body that fits its schema, after a check of what no schema can say. */
export function assertValid<T>(input: T, check: (input: T) => FieldError[]): T {
  const errors = check(input);
  if (errors.length > 0) throw invalid(errors);
  return input;
}
