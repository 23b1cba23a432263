import type { Quote } from './answer';
import type { QuoteRequest } from './quote-request';

/** What stays of a request: what was ordered and for how much; not who ordered it, nor what the platform calls or notes. */
const REQUEST_KEPT = ['currency', 'language', 'at', 'promoCodes'] as const;
const LINE_KEPT = [
  'id',
  'action',
  'serviceType',
  'plan',
  'planGroups',
  'addon',
  'tags',
  'period',
  'quantity',
  'unitPrice',
  'minUnitPrice',
  'setupFee',
  'orderedAt',
  'startsAt',
] as const;

/** What stays of a quote: every amount and the rules behind it; not why others did not apply, nor what was shown beside. */
const QUOTE_KEPT = [
  'at',
  'currency',
  'catalogVersion',
  'lines',
  'discounts',
  'totals',
  'payments',
  'promoCodes',
] as const;
const TRANSITION_KEPT = [
  'lineId',
  'upgradePathId',
  'optional',
  'transition',
  'outcome',
  'effectiveAt',
  'steps',
] as const;

/** Returns a redeemed request without its customer; whatever is not known to be harmless goes, so that a new member goes too. */
export function erasedRequest(request: QuoteRequest): QuoteRequest {
  return { ...pick(request, REQUEST_KEPT), lines: (request.lines ?? []).map((line) => pick(line, LINE_KEPT)) };
}

/** Returns a redeemed quote without its customer; `digest` is that of the erased request. */
export function erasedQuote(quote: Quote, digest: string): Quote {
  return {
    ...pick(quote, QUOTE_KEPT),
    digest,
    declined: [],
    offers: [],
    transitions: (quote.transitions ?? []).map((transition) => pick(transition, TRANSITION_KEPT)),
  };
}

/** Returns the members with these names, as far as there are any. */
function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  const kept: Partial<T> = {};
  for (const name of names) if (from[name] !== undefined) kept[name] = from[name];
  return kept as Pick<T, K>;
}
