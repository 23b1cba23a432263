import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { HttpProblem } from '../answers/problem';
import { streamedTypeOf } from '../contract/streamed-body';
import { endConnection } from './raw-answers';

const LOOK_EVERY_MS = 1_000;

/** Disconnects clients that have not sent the whole body in time, whether it is read or not. */
export function limitSending(server: Server, sentWithinMs: number): void {
  const unfinished = new Map<IncomingMessage, { until: number; response: ServerResponse }>();
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    // Most bodies come with their heads, and need not be looked after.
    setImmediate(() => {
      if (isUnfinished(message)) unfinished.set(message, { until: performance.now() + sentWithinMs, response });
    });
  });
  const looking = setInterval(() => {
    const now = performance.now();
    for (const [message, { until, response }] of unfinished) {
      if (!isUnfinished(message)) unfinished.delete(message);
      else if (until >= now) continue;
      else if (response.writableEnded) message.socket.destroy();
      else endConnection(message.socket, tooSlow());
    }
  }, LOOK_EVERY_MS);
  server.once('close', () => clearInterval(looking));
  looking.unref();
}

function isUnfinished(message: IncomingMessage): boolean {
  return !message.complete && !message.socket.destroyed && streamedTypeOf(message) === undefined;
}

function tooSlow(): HttpProblem {
  return new HttpProblem(408, 'request_timeout', 'The whole request must arrive within 30 seconds.');
}
