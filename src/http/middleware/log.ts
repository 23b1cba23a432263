import type { Logger } from 'pino';

/** A request as the log names it. */
export interface LoggedRequest {
  id: string;
  method: string;
  /** As the document has it: a key in a path, or a filter in a query, may be a promo code, an order or a customer. */
  path: string;
}

/** How a request ended. */
export interface Outcome {
  status: number;
  /** Whether the whole answer went out. */
  isComplete: boolean;
  ms: number;
  /** The provider that it was for. */
  provider: string | undefined;
  /** The id of its key, or `admin`. */
  key: string | undefined;
  /** The code of the problem that it was answered with. */
  problem: string | undefined;
  /** The trace that it belongs to. */
  traceId: string | undefined;
}

/** Logs a request in one line; neither headers nor bodies, because keys, codes and customers are in them. */
export function logRequest(log: Logger, req: LoggedRequest, { status, isComplete, ms, ...who }: Outcome): void {
  const line = { req, res: { status }, responseTime: Math.round(ms), ...who };
  // The error handler has logged the cause; here it would be a second time, and in an outage one of each request.
  if (status >= 500 && status !== 503) log.error(line, 'request failed');
  else log.info(line, isComplete ? 'request completed' : 'request aborted');
}
