import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { hashToken } from '../../store/providers/api-keys';
import { HttpProblem } from '../answers/problem';

/** 429 after so many requests with one key in a minute, counted in this process. */
export function limitRate(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: ({ headers: { authorization }, ip }) =>
      authorization ? hashToken(authorization).toString('base64') : ipKeyGenerator(ip ?? ''),
    handler: (_request, _response, next) => {
      next(new HttpProblem(429, 'too_many_requests', `More than ${perMinute} requests in a minute with this key.`));
    },
  });
}
