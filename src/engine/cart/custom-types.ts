import type { Fraction } from '../money/fraction';
import { errorsAt, type FieldError, fieldError } from '../vocabulary/problem';
import type { PricedCart } from './priced-cart';
import type { PricedLine } from './priced-line';

/**
 * What the form of a custom type was filled in with, as its JSON Schema asks; absent: `{}`. Whole numbers are `int` in the
 * expression, others `decimal`.
 */
export type CustomParameters = { [name: string]: unknown };

/** What an expression makes of a cart, or why it makes nothing. */
export type Outcome<T> =
  | { readonly kind: 'found'; readonly value: T }
  /** `pointer` is the place of the fact in the request, where one member is named. */
  | { readonly kind: 'missing_fact'; readonly pointer: string | undefined }
  | { readonly kind: 'expression_failed' };

/** What both kinds of custom types have. */
interface CustomType {
  /** Finds what is wrong with parameters, with pointers into them. */
  parameterErrors(parameters: CustomParameters): FieldError[];
}

/** A kind of condition that the provider defined, made ready. */
export interface CustomConditionType extends CustomType {
  /** Its name for a form, and for readers of why a rule does not apply. */
  readonly title: string;
  /** Prepares the test of a condition of this type. */
  prepare(parameters: CustomParameters): (cart: PricedCart) => Outcome<boolean>;
}

/** A kind of discount value that the provider defined, made ready. */
export interface CustomValueType extends CustomType {
  /** What a grant keeps, so that a customer keeps what he got when the type is changed. */
  readonly expression: string;
  /** Whether it looks at a line, and so cannot be counted on the order. */
  readonly namesLine: boolean;
  /** Prepares what is taken off, in major units: of each line, or with `isOnce` one amount for all of them. */
  prepare(
    parameters: CustomParameters,
    isOnce: boolean,
  ): (cart: PricedCart, lines: readonly PricedLine[]) => Outcome<readonly Fraction[]>;
}

/** The kinds of conditions and values that a provider defined; what they mean is nothing that the engine knows. */
export interface CustomTypes {
  /** Returns the type of condition of this name. */
  condition(name: string): CustomConditionType | undefined;
  /** Returns the type of value of this name. */
  value(name: string): CustomValueType | undefined;
  /** Returns a type of value as a grant keeps it. */
  keptValue(expression: string): CustomValueType;
}

/** Of a provider that defined none. */
export const NO_CUSTOM_TYPES: CustomTypes = {
  condition: () => undefined,
  value: () => undefined,
  keptValue: () => {
    throw new Error('Nothing here can read the expression that a grant keeps.');
  },
};

/** Finds what is wrong with a use of a type: there is none of the name, or its form is not filled in as it asks. */
export function errorsOfUse(
  type: CustomType | undefined,
  { name, parameters = {} }: { readonly name: string; readonly parameters?: CustomParameters | undefined },
  kind: 'condition' | 'discount',
): FieldError[] {
  if (type === undefined) return [fieldError('/name', 'unknown_type', `There is no ${kind} type "${name}".`)];
  return errorsAt('/parameters', type.parameterErrors(parameters));
}
