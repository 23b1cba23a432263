import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Context, type Services } from './context';

const SANE_ID = /^[\w.:/+=-]{1,128}$/;

/** Gives every request a context and an id, its own or a new one, that the answer and the log carry. */
export function beginRequest(services: Services): RequestHandler {
  return (request, response, next) => {
    const sent = request.get('X-Request-Id');
    const id = sent !== undefined && SANE_ID.test(sent) ? sent : randomUUID();
    response.locals.context = new Context(services, request, response, id);
    response.set('X-Request-Id', id);
    next();
  };
}
