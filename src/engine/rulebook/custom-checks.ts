import { type CustomTypes, errorsOfUse } from '../cart/custom-types';
import { errorsAt, type FieldError, fieldError } from '../vocabulary/problem';
import type { DiscountInput } from './discount';

/** Returns a value of a provider's type: there is such a type, its form is filled in as it asks, and it is counted where it can be. */
export function checkCustomValue(
  { value, scope }: Pick<DiscountInput, 'value' | 'scope'>,
  types: CustomTypes,
): FieldError[] {
  if (value.type !== 'custom') return [];
  const type = types.value(value.name);
  const errors = errorsAt('/value', errorsOfUse(type, value, 'discount'));
  if (type?.namesLine && scope === 'order') {
    const detail = `must be "line" or "unit": the expression of "${value.name}" looks at a line`;
    errors.push(fieldError('/scope', 'names_line', detail));
  }
  return errors;
}
