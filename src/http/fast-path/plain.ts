import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Caller, type Services } from '../../services/caller';
import { validateBody } from '../contract/validate-body';
import { assertAllowed, authenticate, type Permission } from '../middleware/authentication';
import { allowReading } from '../middleware/cors';
import { sendProblem } from '../middleware/errors';
import { observe } from '../middleware/observe';
import { showRate } from '../middleware/rate-limit';
import { hasPlainBody, readPlainBody } from '../middleware/read-body';
import { REQUEST_ID_HEADER, requestIdOf } from '../middleware/request-id';

const PLAIN_ACCEPT = /^(\*\/\*|application\/json|application\/json, text\/plain, \*\/\*)$/;

/** An operation that is answered in front of the app, where the request is plain. */
export interface QuickOperation<Input = never> {
  /** The one spelling of its path. */
  readonly path: string;
  /** Who may ask for it. */
  readonly permission: Permission;
  /** The schema of its body. */
  readonly schema: string;
  /** What every answer carries after its id. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether a request that is plain otherwise goes to the app all the same. */
  isForApp?(message: IncomingMessage): boolean;
  /** Answers what an accepted caller has sent, or throws what it is refused with. */
  answer(caller: Caller, input: Input, reply: ServerResponse): Promise<void>;
}

/**
 * Answers plain requests of some operations in front of the app: express's objects, router and generated code cost more than
 * a quote. Everything that decides what is answered is the app's own code, in the app's order; whatever is not
 * plain, such as a compressed body or a path in capitals, goes to the app.
 */
export function quickOperations(
  services: Services,
  app: RequestListener,
  operations: readonly QuickOperation[],
): RequestListener {
  const byPath = new Map(operations.map((operation) => [operation.path, operation]));
  return (message, reply) => {
    const operation = byPath.get(message.url ?? '');
    if (operation === undefined || !isPlain(message) || operation.isForApp?.(message)) {
      app(message, reply);
      return;
    }
    const caller = new Caller(services, message.headers, requestIdOf(message.headers), message.socket.remoteAddress);
    observe(caller, { method: 'POST', path: operation.path }, reply);
    answer(operation, caller, message, reply).catch((error: unknown) => refuse(operation, caller, reply, error));
  };
}

function isPlain(message: IncomingMessage): boolean {
  const { method, headers } = message;
  const isPost = method === 'POST' && headers.host !== undefined;
  return isPost && PLAIN_ACCEPT.test(headers.accept ?? '*/*') && hasPlainBody(message);
}

async function answer(
  operation: QuickOperation,
  caller: Caller,
  message: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const admitted = authenticate(caller, operation.permission);
  if (admitted instanceof Promise) await admitted;
  const { body, text } = await readPlainBody(message, caller);
  caller.bodyText = text;
  assertAllowed(caller, body);
  await operation.answer(caller, validateBody(operation.schema, body, text), reply);
}

function refuse({ headers }: QuickOperation, caller: Caller, reply: ServerResponse, error: unknown): void {
  if (!reply.headersSent) {
    reply.setHeader(REQUEST_ID_HEADER, caller.requestId);
    for (const [name, value] of headers) reply.setHeader(name, value);
    showRate(caller, reply);
    if (caller.readableBy !== '*') allowReading(reply, caller.readableBy);
  }
  sendProblem(caller, error, reply);
}
