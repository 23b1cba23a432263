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
