import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { contextOf } from './context';

/** One line per request; neither headers nor bodies, because keys, codes and customers are in them. */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const req = { id: contextOf(request).requestId, method: request.method, path: pathOf(request.originalUrl) };
    response.once('close', () => {
      const { statusCode: status, writableFinished } = response;
      const line = { req, res: { status }, responseTime: Math.round(performance.now() - startedAt) };
      // The error handler has logged the cause; here it would be a second time.
      if (status >= 500) log.error(line, 'request failed');
      else log.info(line, writableFinished ? 'request completed' : 'request aborted');
    });
    next();
  };
}

/** Without the query: a filter may be a promo code or a customer. */
function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
