import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '../build/generated/schema';
import { type Problem, type Result, unwrap } from './problems';
import { type Redeemed, type RedeemOptions, redeem } from './redeem';
import { type RetryOptions, retrying } from './retries';
import type { Forecast, ForecastRequest, ManyQuotes, ManyQuotesRequest, Quote, QuoteRequest } from './schemas';

export type { components, operations, paths } from '../build/generated/schema';
export { isProblem, OfferbookError, type Problem, type ProblemCode } from './problems';
export type { Redeemed, RedeemOptions } from './redeem';
export type { RetryOptions } from './retries';
export type * from './schemas';

/** How to reach the service. */
export interface OfferbookOptions extends RetryOptions {
  /** Where the service is: `https://offers.example`. */
  baseUrl: string;
  /** A publishable key in a web page, a secret key on a server. */
  key: string;
  /** The provider that the admin key acts for; other keys belong to one. */
  provider?: string;
}

/** The service: a method for each of its paths, and short ways for what most platforms do. */
export interface Offerbook {
  /** Every operation by method and path, typed by the published document: `api.GET('/v1/promotions')`. */
  readonly api: Client<paths>;
  /** Answers what a cart costs, and why; throws an `OfferbookError`. */
  quote(request: QuoteRequest): Promise<Quote>;
  /** Answers what many carts of one customer cost; throws an `OfferbookError`. */
  quotes(request: ManyQuotesRequest): Promise<ManyQuotes>;
  /** Answers what a cart costs now and when it renews; throws an `OfferbookError`. */
  forecast(request: ForecastRequest): Promise<Forecast>;
  /** Redeems a cart for an order; a price that has changed is shown to the customer first. */
  redeem(options: RedeemOptions): Promise<Redeemed>;
}

/** Makes a client of the service. */
export function createOfferbook(options: OfferbookOptions): Offerbook {
  const api = createClient<paths>({
    baseUrl: options.baseUrl,
    headers: {
      Authorization: `Bearer ${options.key}`,
      ...(options.provider !== undefined && { 'Offerbook-Provider': options.provider }),
    },
    fetch: retrying(options),
  });
  return {
    api,
    quote: (body) => unwrap(api.POST('/v1/quote', { body })),
    quotes: (body) => unwrap(api.POST('/v1/quotes', { body })),
    forecast: (body) => unwrap(api.POST('/v1/forecast', { body })),
    redeem: (how) => redeem(api, how),
  };
}

/** What a call answers: `data`, or the problem as `error`. */
export type Answer<T> = Result<T, Problem>;
