import type { ServerResponse } from 'node:http';
import type { Quote } from '../../engine/quote/answer';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import { assertAnswerable } from '../../engine/vocabulary/answer-size';
import type { Caller } from '../../services/caller';
import { STALE_HEADER } from '../../services/headers';
import { type AnsweredQuote, answerQuote } from '../../services/quoting/quotes';
import { assertBounded, endWith, JSON_TYPE, type SizedText, sizedText } from '../answers/answer';
import { quoteHeaders } from '../middleware/cors';
import { rateHeaders } from '../middleware/rate-limit';
import { REQUEST_ID_HEADER } from '../middleware/request-id';
import { securityHeaders } from '../middleware/security-headers';
import type { QuickOperation } from './plain';

/** What every answer carries after its id. */
const ALWAYS = [...securityHeaders, ...quoteHeaders];
const ALWAYS_FLAT = ALWAYS.flat();

/** Answers plain `POST /v1/quote` requests. */
export const quickQuotes: QuickOperation<QuoteRequest> = {
  path: '/v1/quote',
  permission: { kinds: ['admin', 'secret', 'publishable'], scope: 'quotes' },
  schema: 'QuoteRequest',
  headers: ALWAYS,
  answer: async (caller, request, reply) => sendQuote(caller, reply, await answerQuote(caller, request)),
};

const FEW = 200;

/** Returns whether a quote has so few parts that its text can be written before it is measured. */
function isShort({ lines, discounts, declined, transitions, offers }: Quote): boolean {
  return declined.length === 0 && lines.length * (discounts.length + 1) + transitions.length + offers.length < FEW;
}

/** Lines, transitions and what is declined are bounded where they are made; what rules say of themselves is measured here. */
function textOf(quote: Quote): SizedText {
  if (!isShort(quote)) assertAnswerable([quote.discounts, quote.offers, quote.upgradeOffers]);
  return assertBounded(sizedText(quote));
}

function sendQuote(caller: Caller, reply: ServerResponse, { quote, stale }: AnsweredQuote): void {
  const { text, length } = textOf(quote);
  // One flat list: node writes it as it is, where headers set one by one are each looked up and copied.
  const headers = [
    REQUEST_ID_HEADER,
    caller.requestId,
    ...(caller.readableBy === '*' ? ALWAYS_FLAT : readableBy(caller)),
  ];
  if (caller.standing !== undefined) headers.push(...rateHeaders(caller.standing));
  if (stale) headers.push(STALE_HEADER, 'true');
  headers.push('Content-Type', JSON_TYPE, 'Content-Length', String(length));
  reply.writeHead(200, headers);
  endWith(reply, text, length);
}

/** Returns the headers of every answer, for pages of one origin; a key that lets pages of some origins in is never read by others. */
function readableBy({ readableBy: origin = '' }: Caller): string[] {
  return [...ALWAYS_FLAT.map((value) => (value === '*' ? origin : value)), 'Vary', 'Origin'];
}
