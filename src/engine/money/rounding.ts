/** Where a half goes when an amount is rounded. */
export type RoundingMode = 'half_up' | 'half_even';
