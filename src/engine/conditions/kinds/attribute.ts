import { LineFinder } from '../../cart/line-finder';
import type { PricedCart } from '../../cart/priced-cart';
import {
  type AttributeChoice,
  type AttributeName,
  type AttributeValue,
  attributeOf,
  oneOfChoices,
} from '../../vocabulary/attributes';
import { type Comparison, comparisonHolds } from '../../vocabulary/comparison';
import { compareNumbers, isJsonNumber } from '../../vocabulary/decimal';
import type { Selector } from '../../vocabulary/selector';
import { type ConditionBase, type ConditionKind, FAILS, missingFact } from '../condition';
import { toldEntries } from '../measures';

/** An attribute of the cart, the customer or some line is one of the values, or compares with a number. */
export interface AttributeCondition extends ConditionBase {
  /** The condition type. */
  type: 'attribute';
  /** Whose attribute: the cart's, the customer's, or that of a line; a line has its plan's, too. */
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
  description: 'An attribute of the cart, the customer or some line is one of the values, or compares with a number.',
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
};

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
