import type { components } from '../build/generated/schema';

type Schemas = components['schemas'];

/** A cart and what is known of its customer. */
export type QuoteRequest = Schemas['QuoteRequest'];
/** A line of a cart. */
export type CartLine = Schemas['CartLine'];
/** What a cart costs, and why. */
export type Quote = Schemas['Quote'];
/** Carts of one customer. */
export type ManyQuotesRequest = Schemas['ManyQuotesRequest'];
/** What each of many carts costs. */
export type ManyQuotes = Schemas['ManyQuotes'];
/** A cart, and how many of its payments to foretell. */
export type ForecastRequest = Schemas['ForecastRequest'];
/** What a cart costs now and when it renews. */
export type Forecast = Schemas['Forecast'];
/** An order to redeem. */
export type RedemptionInput = Schemas['RedemptionInput'];
/** An order that used promotions. */
export type Redemption = Schemas['Redemption'];
