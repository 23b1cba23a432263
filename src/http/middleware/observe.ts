import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Services } from '../../services/caller';
import { contextOf } from '../context';
import { knownPath } from './known-paths';
import { type LoggedRequest, logRequest } from './log';

/** Logs and counts every request once its answer is out or its connection gone. */
export const observeRequests: RequestHandler = (request, response, next) => {
  const { requestId, services } = contextOf(request);
  const { method, originalUrl, path } = request;
  observe(services, { id: requestId, method, path: withoutQuery(originalUrl) }, path, response);
  next();
};

/** Logs and counts a request once its answer is out or its connection gone; `path` is what the routes match. */
export function observe(
  { log, metrics }: Pick<Services, 'log' | 'metrics'>,
  logged: LoggedRequest,
  path: string,
  response: ServerResponse,
): void {
  const startedAt = performance.now();
  response.on('close', () => {
    const ms = performance.now() - startedAt;
    const { headersSent, req, statusCode, writableFinished: isComplete } = response;
    // Whoever goes away within the body is not answered; the status that it would have been is a bad request's.
    const status = headersSent || req.complete ? statusCode : 400;
    logRequest(log, logged, { status, isComplete, ms });
    metrics.countRequest(logged.method, knownPath(path)?.template ?? 'other', status, ms / 1000);
  });
}

function withoutQuery(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
