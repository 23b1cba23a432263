import type { IncomingHttpHeaders } from 'node:http';

/** A request that is traced. */
export interface TracedRequest {
  /** The trace that it belongs to: the client's, or one of its own. */
  readonly traceId: string;
  /** Ends it once its answer is out. */
  end(outcome: { route: string; status: number; provider?: string | undefined; problem?: string | undefined }): void;
}

/** Traces requests, and what they ask the database; only there where somebody collects traces. */
export interface Tracing {
  /** Begins a request; whatever its handlers do from now on belongs to it. */
  begin(method: string, headers: IncomingHttpHeaders): TracedRequest;
  /** Sends what is not sent yet, and ends. */
  stop(): Promise<void>;
}

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Returns the trace that a client says its request belongs to (W3C Trace Context), for the log. */
export function traceIdOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}
