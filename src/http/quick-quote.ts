import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { QuoteRequest } from '../engine/quote-request';
import { answerQuote } from './answer-quote';
import { authenticate } from './authentication';
import { contextOf } from './context';
import { HttpProblem } from './problem';
import { validateBody } from './validate-body';

const PLAIN_TYPE = /^application\/json(; ?charset=utf-8)?$/i;
const PLAIN_ACCEPT = /^(\*\/\*|application\/json|application\/json, text\/plain, \*\/\*)$/;
const MOST_BYTES = 1_048_576;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Answers plain `POST /v1/quote` requests in front of the app's router and body parser, which cost more than a quote.
 * Everything that decides what is answered is the app's own code, in the app's order; whatever is not plain, such as
 * an Idempotency-Key, a compressed body or a path in capitals, goes to the app.
 */
export function quickQuotes(app: Express, before: readonly RequestHandler[], onError: ErrorHandler): RequestListener {
  return (message, reply) => {
    if (!isPlain(message)) {
      app(message, reply);
      return;
    }
    const [request, response] = dressed(app, message, reply);
    const fail = (error: unknown) => onError(error, request, response, () => undefined);
    runAll(before, request, response, (error) => {
      if (error !== undefined) fail(error);
      else readBody(request, (body) => answer(request, response, body).catch(fail), fail);
    });
  };
}

type ErrorHandler = (error: unknown, request: Request, response: Response, next: () => void) => void;

function isPlain({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'POST' || url !== '/v1/quote') return false;
  const length = Number(headers['content-length'] ?? 0);
  return (
    length > 0 &&
    length <= MOST_BYTES &&
    PLAIN_TYPE.test(headers['content-type'] ?? '') &&
    PLAIN_ACCEPT.test(headers.accept ?? '*/*') &&
    headers['idempotency-key'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/** Request and response as the app's handlers know them. */
function dressed(app: Express, message: IncomingMessage, reply: ServerResponse): [Request, Response] {
  const request = Object.setPrototypeOf(message, app.request) as Request;
  const response = Object.setPrototypeOf(reply, app.response) as Response;
  request.res = response;
  request.originalUrl = message.url ?? '';
  request.baseUrl = '';
  response.req = request;
  response.locals = {};
  return [request, response];
}

function runAll(
  handlers: readonly RequestHandler[],
  request: Request,
  response: Response,
  done: (error?: unknown) => void,
): void {
  let index = 0;
  const next = (error?: unknown): void => {
    const handler = handlers[index++];
    if (error !== undefined || handler === undefined) done(error);
    else handler(request, response, next);
  };
  next();
}

function readBody(request: Request, done: (body: unknown) => void, fail: (error: unknown) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString();
    let body: unknown;
    try {
      body = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
    } catch {
      fail(new HttpProblem(400, 'malformed_json', 'The body is not JSON.'));
      return;
    }
    done(body);
  });
}

async function answer(request: Request, response: Response, body: unknown): Promise<void> {
  request.body = body;
  const context = contextOf(request);
  await authenticate(context, ['admin', 'secret', 'publishable']);
  const quote = await answerQuote(context, validateBody<QuoteRequest>('QuoteRequest', body));
  const text = JSON.stringify(quote);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
