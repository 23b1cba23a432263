import type { RequestHandler } from 'express';
import { HttpProblem } from './problem';

const JSON_TYPES = ['application/json', 'application/problem+json'];

/** 406 where the client takes none of what the path answers. */
export const requireAcceptable: RequestHandler = (request, _response, next) => {
  const offered = request.path.endsWith('.csv') ? ['text/csv', ...JSON_TYPES] : JSON_TYPES;
  if (request.accepts(offered) === false) {
    throw new HttpProblem(406, 'not_acceptable', `The answer is ${offered.join(' or ')}.`);
  }
  next();
};

/** 415 where the body is not said to be JSON. */
export const requireJson: RequestHandler = (request, _response, next) => {
  const types =
    request.method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  const hasBody = request.get('Transfer-Encoding') !== undefined || Number(request.get('Content-Length') ?? 0) > 0;
  if (hasBody && !request.is(types)) {
    throw new HttpProblem(415, 'unsupported_media_type', `Send ${types.join(' or ')}.`);
  }
  next();
};
