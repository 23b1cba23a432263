import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Services } from '../../services/caller';
import { HttpProblem } from '../answers/problem';
import { Context } from '../context';

/** Carries the request's id, in the request and in the answer. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

const SANE_ID = /^[\w.:/+=-]{1,128}$/;

/** Returns the request's own id if it is well-formed, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && SANE_ID.test(sent) ? sent : randomUUID();
}

/** Gives every request a context and an id that the answer and the log carry. */
export function beginRequest(services: Services): RequestHandler {
  return (request, response, next) => {
    const id = requestIdOf(request.headers);
    response.locals.context = new Context(services, request, response, id);
    response.setHeader(REQUEST_ID_HEADER, id);
    next();
  };
}

/** Answers 400 where HTTP/1.1 requires a Host. */
export const requireHost: RequestHandler = ({ httpVersion, headers }, _response, next) => {
  if (httpVersion === '1.1' && headers.host === undefined) {
    throw new HttpProblem(400, 'malformed_request', 'Send a Host header.');
  }
  next();
};
