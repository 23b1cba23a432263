import type { Quote } from '../engine/quote/answer';

/** Thrown where a request may succeed if it is sent again shortly; answered as 503 with Retry-After. */
export class Unavailable extends Error {
  constructor(detail: string, cause?: unknown) {
    super(detail, { cause });
  }
}

/** Thrown where a cart no longer has the total that the customer was shown; answered as 409 with the new quote. */
export class PriceChanged extends Error {
  constructor(readonly quote: Quote) {
    super(`The total is ${quote.totals.total} ${quote.currency} now.`);
  }
}
