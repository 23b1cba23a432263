import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { Caller } from '../../services/caller';
import type { Outage } from '../../services/monitoring/outage-log';
import { send } from '../answers/answer';
import { problemAnswer, toProblem } from '../answers/problem';
import { contextOf } from '../context';

/** Answers every error as a problem, and logs those that are our own fault. */
export const answerProblem: ErrorRequestHandler = (error, request, response, _next) => {
  sendProblem(contextOf(request), error, response, request.body);
};

/** Answers an error as a problem, and logs it where it is our own fault. */
export function sendProblem(caller: Caller, error: unknown, response: ServerResponse, body?: unknown): void {
  const { requestId, services } = caller;
  const problem = toProblem(error, body);
  caller.problem = problem.code;
  if (problem.status >= 500) {
    const entry = { requestId, err: loggable(problem.cause ?? problem) };
    // While the database is away every request fails, and for the same reason.
    if (problem.status === 503) services.outages.report(entry, problem.message);
    else services.log.error(entry, problem.message);
  }
  if (response.headersSent) {
    // Part of the answer has been sent; only a broken connection shows that it is incomplete.
    response.destroy();
    return;
  }
  response.removeHeader('ETag');
  response.removeHeader('Location');
  send(response, problemAnswer(problem, requestId));
}

/** Without the members that PostgreSQL's errors have: its details quote whole rows, and with them customers and codes. */
function loggable(error: unknown): Outage['err'] {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? error.code : undefined;
  return { type: error.name, code, message: error.message, stack: error.stack };
}
