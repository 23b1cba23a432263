import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Quote } from '../../engine/quote/answer';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import { assertAnswerable } from '../../engine/vocabulary/answer-size';
import { Caller, type Services } from '../../services/caller';
import { STALE_HEADER } from '../../services/headers';
import { type AnsweredQuote, answerQuote } from '../../services/quoting/quotes';
import { assertBounded, endWith, JSON_TYPE, type SizedText, sizedText } from '../answers/answer';
import { validateBody } from '../contract/validate-body';
import { assertAllowed, authenticate, type Permission } from '../middleware/authentication';
import { allowReading, quoteHeaders } from '../middleware/cors';
import { sendProblem } from '../middleware/errors';
import { observe } from '../middleware/observe';
import { rateHeaders } from '../middleware/rate-limit';
import { hasPlainBody, readPlainBody } from '../middleware/read-body';
import { REQUEST_ID_HEADER, requestIdOf } from '../middleware/request-id';
import { securityHeaders } from '../middleware/security-headers';

const PATH = '/v1/quote';
const ASKED: Permission = { kinds: ['admin', 'secret', 'publishable'], scope: 'quotes' };
const PLAIN_ACCEPT = /^(\*\/\*|application\/json|application\/json, text\/plain, \*\/\*)$/;

/** What every answer carries after its id. */
const ALWAYS = [...securityHeaders, ...quoteHeaders];
const ALWAYS_FLAT = ALWAYS.flat();

/**
 * Answers plain `POST /v1/quote` requests in front of the app: express's objects, router and generated code cost more
 * than a quote. Everything that decides what is answered is the app's own code, in the app's order; whatever is not
 * plain, such as a compressed body or a path in capitals, goes to the app.
 */
export function quickQuotes(services: Services, app: RequestListener): RequestListener {
  return (message, reply) => {
    if (!isPlain(message)) {
      app(message, reply);
      return;
    }
    const caller = new Caller(services, message.headers, requestIdOf(message.headers), message.socket.remoteAddress);
    observe(caller, { method: 'POST', path: PATH }, reply);
    answer(caller, message, reply).catch((error: unknown) => refuse(caller, reply, error));
  };
}

function isPlain(message: IncomingMessage): boolean {
  const { method, url, headers } = message;
  const isQuote = method === 'POST' && url === PATH && headers.host !== undefined;
  return isQuote && PLAIN_ACCEPT.test(headers.accept ?? '*/*') && hasPlainBody(message);
}

async function answer(caller: Caller, message: IncomingMessage, reply: ServerResponse): Promise<void> {
  const admitted = authenticate(caller, ASKED);
  if (admitted instanceof Promise) await admitted;
  const { body, text } = await readPlainBody(message, caller);
  caller.bodyText = text;
  assertAllowed(caller, body);
  const request = validateBody<QuoteRequest>('QuoteRequest', body, text);
  sendQuote(caller, reply, await answerQuote(caller, request));
}

function refuse(caller: Caller, reply: ServerResponse, error: unknown): void {
  if (!reply.headersSent) {
    reply.setHeader(REQUEST_ID_HEADER, caller.requestId);
    for (const [name, value] of ALWAYS) reply.setHeader(name, value);
    if (caller.readableBy !== '*') allowReading(reply, caller.readableBy);
  }
  sendProblem(caller, error, reply);
}

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
