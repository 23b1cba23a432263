import type { ServerResponse } from 'node:http';
import type { Caller } from '../../services/caller';
import { andThen, type Soon } from '../../services/concurrency/soon';
import type { Standing } from '../../services/limits/request-limits';
import type { KeyOwner } from '../../store/providers/key-owners';
import { HttpProblem } from '../answers/problem';

/** The admin key has no id. */
const ADMIN_BUCKET = 'admin';

/** Settles the limit of a key, without an owner the admin key, and counts a request; throws 429 where there were too many. */
export function limitRequests(caller: Caller, owner?: KeyOwner): Soon<void> {
  const perMinute = owner?.rateLimit ?? caller.services.config.rateLimit;
  if (perMinute === 0 || caller.limit !== undefined) return undefined;
  caller.limit = { bucket: bucketOf(caller, owner), perMinute };
  return count(caller, caller.limit, 1);
}

/** Counts a request that was counted as one as so many; where they are too many, it counts nothing. */
export function countAs(caller: Caller, requests: number): Soon<void> {
  const { limit, services } = caller;
  if (limit === undefined || requests === 1) return undefined;
  return count(caller, limit, requests - 1, () => services.limits.giveBack(limit.bucket, limit.perMinute, 1));
}

/** Counts requests; throws 429 where there were too many in a minute. */
function count(
  caller: Caller,
  { bucket, perMinute }: NonNullable<Caller['limit']>,
  requests: number,
  refused?: () => void,
): Soon<void> {
  return andThen(caller.services.limits.use(bucket, perMinute, requests), (standing) => {
    caller.standing = standing;
    if (standing.allowed) return;
    refused?.();
    throw tooManyRequests(standing, `More than ${perMinute} requests in a minute with this key.`);
  });
}

/** A 429 that says when to try again. */
export function tooManyRequests(standing: Standing, detail: string): HttpProblem {
  const [policyName, policy, rateName, rate] = rateHeaders(standing);
  const headers = { 'Retry-After': String(standing.resetSeconds), [policyName]: policy, [rateName]: rate };
  return new HttpProblem(429, 'too_many_requests', detail, { headers });
}

/** The standard headers of a limit (draft-ietf-httpapi-ratelimit-headers-08), names and values in turn. */
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
