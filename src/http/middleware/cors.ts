import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const PATH = /^\/v1\/(quote|quotes|forecast)\/?$/i;

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** What lets any web page read the answer to a quote; there are no cookies to protect. */
export const quoteHeaders: readonly (readonly [name: string, value: string])[] = [
  [ALLOW_ORIGIN, '*'],
  [
    'Access-Control-Expose-Headers',
    'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replay, Offerbook-Stale',
  ],
];

/** Lets pages of one origin read an answer that any page might have read, or, without an origin, no page at all. */
export function allowReading(response: ServerResponse, origin: string | undefined): void {
  if (response.headersSent || !response.hasHeader(ALLOW_ORIGIN)) return;
  if (origin === undefined) for (const [name] of quoteHeaders) response.removeHeader(name);
  else response.setHeader(ALLOW_ORIGIN, origin);
  // What a cache keeps for one page is not for another.
  response.appendHeader('Vary', 'Origin');
}

/** Lets any web page ask for quotes with a publishable key, and nothing else. */
export const allowQuotesFromBrowsers: RequestHandler = (request, response, next) => {
  if (!PATH.test(request.path)) {
    next();
    return;
  }
  for (const [name, value] of quoteHeaders) response.setHeader(name, value);
  if (request.method !== 'OPTIONS' || request.get('Access-Control-Request-Method') === undefined) {
    next();
    return;
  }
  response.set('Access-Control-Allow-Methods', 'POST');
  response.set(
    'Access-Control-Allow-Headers',
    'Authorization, Content-Type, Idempotency-Key, Offerbook-Catalog-Version',
  );
  response.set('Access-Control-Max-Age', '86400');
  response.status(204).end();
};
