import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { contextOf } from './context';

/** One line per request; neither headers nor bodies, because keys, codes and customers are in them. */
export function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: (request) => contextOf(request as Parameters<RequestHandler>[0]).requestId,
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, path: pathOf(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
    // The error handler has logged the cause; here it would be a second time.
    customErrorObject: (_request, _response, _error, values) => ({ ...values, err: undefined }),
  });
}

/** Without the query: a filter may be a promo code or a customer. */
function pathOf(url: string): string | undefined {
  return url.split('?')[0];
}
