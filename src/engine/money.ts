/**
 * A decimal string in major units, never negative: up to 12 digits before and 6 after the point.
 * @pattern ^\d{1,12}(\.\d{1,6})?$
 */
export type Money = string;

/**
 * A decimal string greater than 0 and at most 100, up to 4 decimals.
 * @pattern ^(?!0+(\.0*)?$)(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$
 */
export type Percent = string;

/**
 * An ISO 4217 code.
 * @format iso-4217
 * @pattern ^[A-Z]{3}$
 */
export type Currency = string;

/** An amount per currency, at least one: `{ "EUR": "5.00", "USD": "5.50" }`; nothing is ever converted. */
export type Amounts = { [currency: string]: Money };
