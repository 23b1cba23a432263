import type { QuoteRequest } from '../quote/quote-request';

/** Lists what a forecast assumes; `starts` has nothing for a line whose subscription is yet to be chosen. */
export function assumptionsOf(
  { draft, promoCodes, lines }: QuoteRequest,
  starts: readonly (number | undefined)[],
): string[] {
  const sentences = [
    'The rules stay as they are stored now; what begins or ends by a date does so.',
    'The facts of the customer stay as they were sent, but for ages, which grow.',
    'The quote and each payment before count as redeemed, by one customer.',
    'Every line with a period renews at its end at the same price and quantity, without a setup fee.',
  ];
  if (promoCodes !== undefined && promoCodes.length > 0) sentences.push('Promo codes are not sent again.');
  if (draft !== undefined) sentences.push('The unsaved rules are stored as they are.');
  if (lines.some(({ period }) => period === undefined)) sentences.push('Lines without a period do not renew.');
  if (starts.includes(undefined)) {
    sentences.push('Lines for which a subscription must be chosen first are left out.');
  }
  return sentences;
}
