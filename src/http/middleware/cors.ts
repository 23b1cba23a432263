import type { RequestHandler } from 'express';

const PATH = /^\/v1\/quote\/?$/i;

/** What lets any web page read the answer to a quote; there are no cookies to protect. */
export const quoteHeaders: readonly (readonly [name: string, value: string])[] = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Idempotent-Replay, Offerbook-Stale'],
];

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
