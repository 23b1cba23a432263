import type { Request, RequestHandler } from 'express';
import { HttpProblem } from '../answers/problem';
import { knownPath } from '../contract/known-paths';
import { openApi } from '../contract/openapi';

const PLAIN_JSON = /^application\/json(; ?charset=utf-8)?$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;
const JSON_TYPES: readonly string[] = ['application/json', 'application/problem+json'];
const CSV_TYPES: readonly string[] = ['text/csv', ...JSON_TYPES];
const CATALOG = /^\/v1\/catalog\/?$/i;
const CATALOG_TYPES: readonly string[] = ['application/x-ndjson', ...JSON_TYPES];

const MOST_REMEMBERED = 100;

/** Parsed Accept headers: clients send few different ones, and parsing one takes as long as validating a body. */
const found = new Map<string, boolean>();

/** Answers 406 where the client accepts none of the path's media types. */
export const requireAcceptable: RequestHandler = (request, _response, next) => {
  const offered = offeredBy(request.path);
  const question = `${offered[0]} ${request.headers.accept}`;
  let takesOne = found.get(question);
  if (takesOne === undefined) {
    takesOne = request.accepts([...offered]) !== false;
    if (found.size >= MOST_REMEMBERED) found.clear();
    found.set(question, takesOne);
  }
  if (!takesOne) throw new HttpProblem(406, 'not_acceptable', `The answer is ${offered.join(' or ')}.`);
  next();
};

function offeredBy(path: string): readonly string[] {
  if (path.endsWith('.csv')) return CSV_TYPES;
  return CATALOG.test(path) ? CATALOG_TYPES : JSON_TYPES;
}

/** Throws 415 where the body is not said to be JSON. */
export const requireJson: RequestHandler = (request, _response, next) => {
  if (isPlainJson(request.headers['content-type'])) {
    next();
    return;
  }
  const types = bodyTypes(request);
  const hasBody = request.get('Transfer-Encoding') !== undefined || Number(request.get('Content-Length') ?? 0) > 0;
  if (hasBody && !request.is(types)) {
    throw new HttpProblem(415, 'unsupported_media_type', `Send ${types.join(' or ')}.`);
  }
  const charset = CHARSET.exec(request.get('Content-Type') ?? '')?.[1] ?? 'utf-8';
  if (hasBody && !/^utf-?8$/i.test(charset)) {
    throw new HttpProblem(415, 'unsupported_charset', 'A body is read as UTF-8.');
  }
  next();
};

/** Returns the types that the published document has for the body of an operation. */
function bodyTypes({ method, path }: Request): string[] {
  const template = knownPath(path)?.template ?? '';
  const operation = openApi.paths[template]?.[method.toLowerCase()];
  return Object.keys(operation?.requestBody?.content ?? { 'application/json': {} });
}

/** Returns whether a Content-Type says, as most do, no more than that it is JSON in UTF-8. */
export function isPlainJson(type: string | undefined): boolean {
  return type !== undefined && PLAIN_JSON.test(type);
}
