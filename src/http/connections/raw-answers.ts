import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpProblem, problemAnswer } from '../answers/problem';
import { REQUEST_ID_HEADER } from '../middleware/request-id';
import { securityHeaders } from '../middleware/security-headers';

/** Ends a connection with a problem, unless an answer has begun. */
export function endConnection(socket: Socket, problem: HttpProblem): void {
  if (!socket.writable || hasBegunToAnswer(socket)) socket.destroy();
  else socket.end(rawAnswer(problem), () => socket.destroy());
}

/** Node has no other way to tell. */
function hasBegunToAnswer(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
  return answer?.headersSent ?? false;
}

function rawAnswer(problem: HttpProblem): string {
  const id = randomUUID();
  const { status, headers, body } = problemAnswer(problem, id);
  const lines = Object.entries({
    [REQUEST_ID_HEADER]: id,
    ...Object.fromEntries(securityHeaders),
    ...headers,
    Connection: 'close',
    'Content-Length': Buffer.byteLength(body),
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
