/**
 * An RFC 3339 instant with an offset; answers are in UTC.
 * @format date-time
 * @maxLength 40
 */
export type Instant = string;

/**
 * A calendar day in the provider's time zone, `YYYY-MM-DD`.
 * @format date
 */
export type LocalDate = string;

/** A calendar period; 12 months and 1 year are the same. */
export interface Period {
  /** The unit. */
  unit: 'day' | 'month' | 'year';
  /**
   * How many of them.
   * @isInt
   * @minimum 1
   * @maximum 10000
   */
  length: number;
}
