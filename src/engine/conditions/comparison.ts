/** How an actual value is compared with the required one. */
export type Comparison = 'gt' | 'gte' | 'eq' | 'lte' | 'lt';

/** Returns whether `actual` stands in the relation to `required`, both given as the sign of `actual − required`. */
export function comparisonHolds(comparison: Comparison, sign: number): boolean {
  switch (comparison) {
    case 'gt':
      return sign > 0;
    case 'gte':
      return sign >= 0;
    case 'eq':
      return sign === 0;
    case 'lte':
      return sign <= 0;
    case 'lt':
      return sign < 0;
  }
}
