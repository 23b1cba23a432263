import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { QuotedLine } from '../decision/quoted-line';
import type { Candidate } from '../judging/candidate';
import type { PriceFrom } from '../transitions/alternatives';

/** How many lines may be priced over again, all times together, so that alternatives cost no more than the cart. */
const MOST_LINES_AGAIN = 400;

/**
 * Returns what lines would cost if their periods began at other instants: what they cost now, but where a discount
 * covers only a part of a period. Then the whole cart is priced `again`, for discounts look at more than one line.
 */
export function priceFrom(
  { lines }: PricedCart,
  quoted: readonly QuotedLine[],
  candidates: readonly Candidate[],
  again: () => readonly QuotedLine[],
): PriceFrom {
  const depends = candidates.some(({ coveredUntil }) => coveredUntil !== undefined);
  let left = MOST_LINES_AGAIN;
  return (line: PricedLine, startsAt: number) => {
    if (!depends || line.startsAt === startsAt) return quoted[line.index]?.total;
    left -= lines.length;
    if (left < 0) return undefined;
    const begun = line.startsAt;
    line.startsAt = startsAt;
    const price = again()[line.index]?.total;
    line.startsAt = begun;
    return price;
  };
}
