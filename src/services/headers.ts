/** Carries the version of the rules that a write made, and that a quote wants at least. */
export const VERSION_HEADER = 'Offerbook-Catalog-Version';

/** Says `true` where the database has been unreachable for over a second, so that the rules may be out of date. */
export const STALE_HEADER = 'Offerbook-Stale';
