import type { Request, Response } from 'express';
import { Caller, type Services } from '../services/caller';
import type { AuditedChange } from '../store/audit-log';

/** A caller, with express's request and response. */
export class Context extends Caller {
  /** What the request has written so far. */
  readonly changes: AuditedChange[] = [];

  /** The customer whom the answer is about, where it is about one: with the customer, a recorded answer is erased. */
  customerId: string | undefined = undefined;

  constructor(
    services: Services,
    readonly request: Request,
    readonly response: Response,
    requestId: string,
  ) {
    super(services, request.headers, requestId, request.socket.remoteAddress);
  }
}

/** Returns the context that the first middleware made for a request. */
export function contextOf(request: Request): Context {
  return request.res?.locals.context as Context;
}
