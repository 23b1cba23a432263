import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Caller } from '../../services/caller';
import { traceIdOf } from '../../services/monitoring/tracing';
import { contextOf } from '../context';
import { knownPath } from '../contract/known-paths';
import { logRequest } from './log';

/** Logs and counts every request once its answer is out or its connection gone. */
export const observeRequests: RequestHandler = (request, response, next) => {
  observe(contextOf(request), request, response);
  next();
};

/** Logs, counts and traces a request once its answer is out or its connection gone. */
export function observe(
  caller: Caller,
  { method, path }: { method: string; path: string },
  response: ServerResponse,
): void {
  const startedAt = performance.now();
  const { log, metrics, tracing } = caller.services;
  const traced = tracing?.begin(method, caller.headers);
  response.on('close', () => {
    const ms = performance.now() - startedAt;
    const { headersSent, req, statusCode, writableFinished: isComplete } = response;
    // A client that disconnects during the body gets no answer; its status is logged as 400.
    const status = headersSent || req.complete ? statusCode : 400;
    const template = knownPath(path)?.template;
    const { requestId: id, scope, keyId, kind, problem } = caller;
    const who = {
      provider: scope === '' ? undefined : scope,
      key: keyId ?? (kind === 'admin' ? 'admin' : undefined),
      problem,
      traceId: traced?.traceId ?? traceIdOf(caller.headers),
    };
    logRequest(log, { id, method, path: template ?? withoutNames(path) }, { status, isComplete, ms, ...who });
    metrics.countRequest(method, template ?? 'other', status, ms / 1000);
    traced?.end({ route: template ?? 'other', status, provider: who.provider, problem });
  });
}

/** Even a mistyped path may contain a promo code. */
function withoutNames(path: string): string {
  return /^\/v1\//i.test(path) ? '/v1/other' : path;
}
