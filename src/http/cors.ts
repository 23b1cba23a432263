import type { RequestHandler } from 'express';

const PATH = /^\/v1\/quote\/?$/i;

/** Lets any web page ask for quotes with a publishable key, and nothing else; there are no cookies to protect. */
export const allowQuotesFromBrowsers: RequestHandler = (request, response, next) => {
  if (!PATH.test(request.path)) {
    next();
    return;
  }
  response.set('Access-Control-Allow-Origin', '*');
  response.set('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Idempotent-Replay, Offerbook-Stale');
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
