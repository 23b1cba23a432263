import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Services } from '../../services/caller';
import { Context } from '../context';

/** Carries the request's id, in the request and in the answer. */
export const REQUEST_ID_HEADER = 'X-Request-Id';

const SANE_ID = /^[\w.:/+=-]{1,128}$/;

/** The request's own id where it is a sane one, else a new one. */
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
