import type { ServerResponse } from 'node:http';
import type { Caller } from '../../services/caller';
import type { Standing } from '../../services/limits/request-limits';
import type { KeyOwner } from '../../store/providers/key-owners';
import { HttpProblem } from '../answers/problem';

/** The admin key has no id. */
const ADMIN_BUCKET = 'admin';

/**
 * Determines the limit of a key (without an owner, the admin key) and counts a request; throws 429 over the limit.
 * `undefined`: that is done, and nothing need be waited for.
 */
export function limitRequests(caller: Caller, owner?: KeyOwner): Promise<void> | undefined {
  const perMinute = owner?.rateLimit ?? caller.services.config.rateLimit;
  if (perMinute === 0 || caller.limit !== undefined) return undefined;
  const bucket = bucketOf(caller, owner);
  caller.limit = { bucket, perMinute };
  const { limits } = caller.services;
  const own = limits.useOwn(bucket, perMinute, 1);
  if (own === undefined) return limits.take(bucket, perMinute, 1).then((taken) => settle(caller, taken));
  settle(caller, own);
  return undefined;
}

/** Counts a request that was counted as one as so many; where they are too many, it counts nothing. */
export async function countAs(caller: Caller, requests: number): Promise<void> {
  const { limit, services } = caller;
  if (limit === undefined || requests === 1) return;
  const { bucket, perMinute } = limit;
  const standing = await services.limits.use(bucket, perMinute, requests - 1);
  if (!standing.allowed) services.limits.giveBack(bucket, perMinute, 1);
  settle(caller, standing);
}

function settle(caller: Caller, standing: Standing): void {
  caller.standing = standing;
  if (standing.allowed) return;
  throw tooManyRequests(standing, `More than ${standing.limit} requests in a minute with this key.`);
}

/** Returns a 429 that says when to try again. */
export function tooManyRequests(standing: Standing, detail: string): HttpProblem {
  const [policyName, policy, rateName, rate] = rateHeaders(standing);
  const headers = { 'Retry-After': String(standing.resetSeconds), [policyName]: policy, [rateName]: rate };
  return new HttpProblem(429, 'too_many_requests', detail, { headers });
}

/** Returns the standard headers of a limit (draft-ietf-httpapi-ratelimit-headers-08), names and values in turn. */
export function rateHeaders({ limit, remaining, resetSeconds }: Standing): [string, string, string, string] {
  return ['RateLimit-Policy', `"requests";q=${limit};w=60`, 'RateLimit', `"requests";r=${remaining};t=${resetSeconds}`];
}

/** Puts the headers of a request's limit, where it has one, on the answer. */
export function showRate({ standing }: Caller, response: ServerResponse): void {
  if (standing === undefined || response.headersSent) return;
  const [policyName, policy, rateName, rate] = rateHeaders(standing);
  response.setHeader(policyName, policy);
  response.setHeader(rateName, rate);
}

/** Of a publishable key each visitor has a bucket of his own: one of them must not shut the shop for the others. */
function bucketOf({ address }: Caller, owner: KeyOwner | undefined): string {
  if (owner === undefined) return ADMIN_BUCKET;
  return owner.kind === 'publishable' ? `${owner.keyId} ${address}` : owner.keyId;
}
