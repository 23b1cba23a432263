import { LineFinder } from '../../cart/line-finder';
import type { PricedCart } from '../../cart/priced-cart';
import {
  type AttributeChoice,
  type AttributeName,
  type AttributeValue,
  attributeKey,
  attributeOf,
  oneOfChoices,
} from '../../vocabulary/attributes';
import { compareNumbers, isJsonNumber } from '../../vocabulary/decimal';
import { selectorKeys } from '../../vocabulary/keys';
import { type FieldError, fieldError } from '../../vocabulary/problem';
import type { Selector } from '../../vocabulary/selector';
import { type Comparison, comparisonHolds } from '../comparison';
import { type ConditionBase, type ConditionKind, FAILS, missingFact } from '../condition';
import { toldEntries } from '../measures';

/** An attribute of the cart, the customer or some line is one of the values, or compares with a number. */
export interface AttributeCondition extends ConditionBase {
  /** The condition type. */
  type: 'attribute';
  /** Whose attribute: the cart's, the customer's or a line's; a line also has its plan's. */
  of: 'cart' | 'customer' | 'line';
  /** The attribute. */
  name: AttributeName;
  /** Which lines, with `of: "line"` only; absent: all. */
  selector?: Selector;
  /**
   * Any of these; an attribute that is a list matches where one of its texts does. Either these, or a comparison with a value.
   * @minItems 1
   * @maxItems 1000
   */
  values?: AttributeChoice[];
  /** How the number is compared with `value`; what is no number is unmet. */
  comparison?: Comparison;
  /** The number to compare with, as a decimal. */
  value?: number;
}

/** The attributes that are there; where there are none, the place of the one that should be. */
interface Found {
  readonly values: readonly AttributeValue[];
  /** Absent where there is no such place: no line matches. */
  readonly missing?: string;
}

/** Attribute. */
export const attribute: ConditionKind<AttributeCondition> = {
  title: 'Attribute',
  prepare(condition) {
    const isMet = testOf(condition);
    const find = finderOf(condition);
    const required = condition.values ?? condition.value ?? [];
    return (cart) => {
      const { values, missing } = find(cart);
      const [first] = values;
      if (first === undefined) return missing === undefined ? FAILS : missingFact(missing);
      return { kind: 'judged', holds: values.some(isMet), numbers: () => toldEntries(first, required) };
    };
  },
  check: checkAttribute,
  keys: ({ of, name, values, selector }) => [
    values && { kind: KEY_KINDS_OF[of], values: values.map((value) => attributeKey(name, value)) },
    selectorKeys(selector),
  ],
  told: ({ of }) => ({ of }),
};

const KEY_KINDS_OF = { line: 'attribute', customer: 'customerAttribute', cart: 'cartAttribute' } as const;

/** Either values, or a comparison with a value; a selector says which lines. */
function checkAttribute({ of, selector, values, comparison, value }: AttributeCondition): FieldError[] {
  const errors: FieldError[] = [];
  if (selector !== undefined && of !== 'line') {
    errors.push(fieldError('/selector', 'not_of_lines', 'is for the attributes of lines: of must be "line"'));
  }
  if (values !== undefined) {
    const others = Object.entries({ comparison, value }).filter(([, given]) => given !== undefined);
    for (const [name] of others) {
      errors.push(fieldError(`/${name}`, 'values_or_comparison', 'must not stand beside values'));
    }
  } else if (comparison === undefined && value === undefined) {
    errors.push(fieldError('', 'values_or_comparison', 'needs values, or comparison and value'));
  } else if (comparison === undefined) {
    errors.push(fieldError('/comparison', 'required', 'is required beside value'));
  } else if (value === undefined) {
    errors.push(fieldError('/value', 'required', 'is required beside comparison'));
  }
  return errors;
}

function testOf({ values, comparison, value }: AttributeCondition): (value: AttributeValue) => boolean {
  if (values !== undefined) return oneOfChoices(values);
  if (comparison === undefined || value === undefined) throw new Error('An attribute needs values or a comparison.');
  return (actual) => isJsonNumber(actual) && comparisonHolds(comparison, compareNumbers(actual, value));
}

function finderOf({ of, name, selector }: AttributeCondition): (cart: PricedCart) => Found {
  if (of === 'line') return linesWith(name, new LineFinder(selector));
  return ({ request, customer }) => {
    const value = attributeOf(of === 'cart' ? request.attributes : customer?.attributes, name);
    if (value !== undefined) return { values: [value] };
    return { values: [], missing: of === 'cart' ? `/attributes/${name}` : `/customer/attributes/${name}` };
  };
}

function linesWith(name: string, finder: LineFinder): (cart: PricedCart) => Found {
  return (cart) => {
    const lines = finder.find(cart);
    const [first] = lines;
    if (first === undefined) return { values: [] };
    const values = lines.map(({ attributes }) => attributeOf(attributes, name)).filter((value) => value !== undefined);
    return { values, missing: `/lines/${first.index}/attributes/${name}` };
  };
}
