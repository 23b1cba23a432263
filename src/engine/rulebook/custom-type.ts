import type { Condition } from '../conditions/index';
import type { CustomCondition } from '../conditions/kinds/custom';
import type { CustomValue } from '../discount-values/custom';
import type { DiscountValue } from '../discount-values/index';
import type { Metadata } from '../vocabulary/attributes';
import type { Name, ServerMade, Stored, TypeName } from '../vocabulary/resource';

/**
 * A JSON Schema (draft 2020-12) of an object, as JSON at most 20,000 characters; `$ref` leads to its own `$defs` only. A form
 * is drawn by it, and what the form is filled in with is validated by it.
 */
export type CustomParameterSchema = { [keyword: string]: unknown };

/**
 * An expression of the Common Expression Language.
 * @minLength 1
 * @maxLength 4000
 */
export type Expression = string;

/** The client-supplied fields of a kind of condition or value of its own. */
export interface CustomTypeFields {
  /** Its name in rules and paths, unique for its kind. */
  name: TypeName;
  /** Its name for a form, and in the reasons why a rule does not apply. */
  title: Name;
  /**
   * What it does, for the merchant.
   * @maxLength 1000
   */
  description?: string;
  /** What its form asks for. */
  parameters: CustomParameterSchema;
  /** What it means: of a condition whether it holds, of a value how much is taken off. */
  expression: Expression;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
}

/** A kind of condition or value to save. */
export interface CustomTypeInput extends CustomTypeFields, ServerMade {}

/** A stored kind of condition or value. */
export interface CustomType extends CustomTypeFields, Stored {}

/** What may have parts of types that the provider defined: a promotion, a discount or a related product. */
export interface CustomUser {
  readonly value?: DiscountValue;
  readonly conditions?: readonly Condition[];
  readonly discounts?: readonly CustomUser[];
}

/** Returns the conditions and values of a rule, and of the discounts in it, that are of types that the provider defined. */
export function customPartsOf({
  value,
  conditions = [],
  discounts = [],
}: CustomUser): (CustomCondition | CustomValue)[] {
  return [
    ...(value?.type === 'custom' ? [value] : []),
    ...conditions.filter((condition) => condition.type === 'custom'),
    ...discounts.flatMap(customPartsOf),
  ];
}

/** Returns whether a rule has any such part. */
export function usesCustomTypes(rule: CustomUser): boolean {
  return customPartsOf(rule).length > 0;
}
