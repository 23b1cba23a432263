import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode } from '../../engine/vocabulary/problem-code';
import { send } from '../answers/answer';
import { HttpProblem, problemAnswer } from '../answers/problem';
import { REQUEST_ID_HEADER, requestIdOf } from '../middleware/request-id';
import { securityHeaders } from '../middleware/security-headers';
import { endConnection } from './raw-answers';
import { limitSending } from './slow-senders';

/** How long a head may take; how long a body may, node cannot tell apart from a stream. What it says of a missing Host is no problem. */
export const headLimits: ServerOptions = {
  requireHostHeader: false,
  headersTimeout: 30_000,
  requestTimeout: 0,
  connectionsCheckingInterval: 1_000,
};

/** What connections may cost. */
export interface ConnectionLimits {
  maxConnections: number;
  /** How long a body may take that is no stream. */
  sentWithinMs?: number;
}

/** Bounds what connections can cost a server, and answers invalid HTTP with a problem. */
export function guardConnections(server: Server, { maxConnections, sentWithinMs = 30_000 }: ConnectionLimits): void {
  server.maxConnections = maxConnections;
  limitSending(server, sentWithinMs);
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    endConnection(socket as Socket, new HttpProblem(...(PROBLEMS[error.code ?? ''] ?? UNREADABLE)));
  });
  // Node would close the connection without a word.
  server.on('connect', (_message, socket) => endConnection(socket as Socket, new HttpProblem(...UNREADABLE)));
  server.on('checkExpectation', (message: IncomingMessage, response: ServerResponse) => {
    const id = requestIdOf(message.headers);
    const problem = new HttpProblem(417, 'expectation_failed', 'The only supported expectation is 100-continue.');
    response.setHeader(REQUEST_ID_HEADER, id);
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    send(response, problemAnswer(problem, id));
  });
}

type Told = readonly [status: number, code: ProblemCode, detail: string];

const UNREADABLE: Told = [400, 'malformed_request', 'This is not HTTP as it is understood here.'];

/** By the codes of node's parser. */
const PROBLEMS: Readonly<Record<string, Told>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'The headers are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'body_too_large', 'The extensions of a chunk are larger than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The whole request must arrive within 30 seconds.'],
};
