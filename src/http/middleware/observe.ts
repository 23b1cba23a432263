import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Services } from '../../services/caller';
import { contextOf } from '../context';
import { knownPath } from './known-paths';
import { type LoggedRequest, logRequest } from './log';

/** Logs and counts every request once its answer is out or its connection gone. */
export const observeRequests: RequestHandler = (request, response, next) => {
  const { requestId, services } = contextOf(request);
  const { method, path } = request;
  observe(services, { id: requestId, method, path }, response);
  next();
};

/** Logs and counts a request once its answer is out or its connection gone. */
export function observe(
  { log, metrics }: Pick<Services, 'log' | 'metrics'>,
  { id, method, path }: LoggedRequest,
  response: ServerResponse,
): void {
  const startedAt = performance.now();
  response.on('close', () => {
    const ms = performance.now() - startedAt;
    const { headersSent, req, statusCode, writableFinished: isComplete } = response;
    // Whoever goes away within the body is not answered; the status that it would have been is a bad request's.
    const status = headersSent || req.complete ? statusCode : 400;
    const template = knownPath(path)?.template;
    logRequest(log, { id, method, path: template ?? withoutNames(path) }, { status, isComplete, ms });
    metrics.countRequest(method, template ?? 'other', status, ms / 1000);
  });
}

/** Even a mistyped path of ours may hold a promo code. */
function withoutNames(path: string): string {
  return /^\/v1\//i.test(path) ? '/v1/other' : path;
}
