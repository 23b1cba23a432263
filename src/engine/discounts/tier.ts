/** What a tier is reached by: the quantity of units, or the undiscounted total. */
export type TierMeasure = 'quantity' | 'total';

/**
 * A quantity of units from which a tier counts.
 * @isLong
 * @minimum 1
 */
export type TierQuantity = number;
