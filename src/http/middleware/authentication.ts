import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Caller, KeyKind } from '../../services/caller';
import type { ApiKeyScope } from '../../store/providers/api-key';
import { hashToken } from '../../store/providers/api-keys';
import type { KeyOwner } from '../../store/providers/key-owners';
import { providerExists } from '../../store/providers/providers';
import { HttpProblem, invalid, toProblem } from '../answers/problem';
import { type Context, contextOf } from '../context';
import { knownPath } from '../contract/known-paths';
import { allowReading } from './cors';
import { limitRequests, showRate, tooManyRequests } from './rate-limit';
import { requireScope, scopeOf } from './scopes';

/** More than any visitor needs; guessing codes takes more requests. */
const MOST_STOREFRONT_CODES = 10;
const INVALID_TOKEN = 'Bearer realm="offerbook", error="invalid_token"';
const TOO_MANY_FAILURES = 'Too many requests from this address had no key that works.';
const BEARER = /^Bearer +(\S+)$/i;

/** What a request asks for: the kinds of key that may, and the scope that a secret key needs for it. */
export interface Permission {
  readonly kinds: readonly string[];
  readonly scope: ApiKeyScope;
}

/** Checks the key before the body is read: a client without one must not cause work. */
export const requireKey: RequestHandler = (request, _response, next) => {
  const context = contextOf(request);
  const ways = knownPath(request.path)?.keys(request.method) ?? [];
  authenticateInOneOf(ways, context, scopeOf(request.method, request.path))
    .finally(() => {
      showRate(context, context.response);
      if (context.readableBy !== '*') allowReading(context.response, context.readableBy);
    })
    .then(() => next(), next);
};

async function authenticateInOneOf(
  [kinds, ...others]: readonly (readonly string[])[],
  context: Context,
  scope: ApiKeyScope,
): Promise<void> {
  if (kinds === undefined) return;
  try {
    await authenticate(context, { kinds, scope });
  } catch (error) {
    // Only another kind of key, or of request, may be accepted differently.
    const isRefused = error instanceof HttpProblem && [401, 429].includes(error.status);
    if (others.length === 0 || isRefused) throw error;
    await authenticateInOneOf(others, context, scope);
  }
}

/** What the generated code asks once the body is there: the key has been checked, what it may send has not. */
export async function expressAuthentication(request: Request): Promise<KeyKind> {
  const context = contextOf(request);
  // The generated code answers 401 for every error without a status.
  if (context.kind === undefined) throw toProblem(new Error('This path has been let through without a key'));
  assertAllowed(context, request.body);
  return context.kind;
}

/**
 * Accepts a request whose key permits it, and determines its provider; throws a problem otherwise. A known key is let
 * in at once: a body that is read only after a turn is kept by Node meanwhile, which costs a quote 7 %.
 */
export function authenticate(caller: Caller, asked: Permission): KeyKind | Promise<KeyKind> {
  const token = BEARER.exec(caller.headers.authorization ?? '')?.[1];
  if (token === undefined) return failed(caller, 'Send Authorization: Bearer and a key.', 'Bearer realm="offerbook"');
  // The admin key is never cached, so a cached owner need not be compared with it.
  const owner = caller.services.apiKeyCache.known(token);
  return owner ? admitOwner(caller, owner, asked) : authenticateNew(caller, token, asked);
}

async function authenticateNew(caller: Caller, token: string, asked: Permission): Promise<KeyKind> {
  const { address, db, services } = caller;
  const { failedKeys } = services;
  const refused = await failedKeys.refuses(address, token);
  if (refused) throw tooManyRequests(refused, TOO_MANY_FAILURES);
  if (timingSafeEqual(hashToken(token), services.adminKeyHash)) {
    failedKeys.prove(address, token);
    await limitRequests(caller);
    admit(caller, 'admin', asked);
    if (asked.kinds.includes('secret')) caller.providerId = await chosenProvider(caller);
    return 'admin';
  }
  const owner = await services.apiKeyCache.find(db, token);
  if (owner === undefined) return failed(caller, 'This key is not known.', INVALID_TOKEN);
  failedKeys.prove(address, token);
  return admitOwner(caller, owner, asked);
}

function admitOwner(caller: Caller, owner: KeyOwner, asked: Permission): KeyKind | Promise<KeyKind> {
  const { kind, keyId, providerId } = owner;
  const now = caller.services.clock();
  if (owner.validUntil <= now) throw unauthorized('This key has expired.', INVALID_TOKEN);
  if (owner.allowedOrigins !== undefined) requireOrigin(caller, owner.allowedOrigins);
  admit(caller, kind, asked);
  requireScope(owner.scopes, asked.scope);
  caller.keyId = keyId;
  caller.providerId = providerId;
  caller.services.keyUses.note(owner, now);
  const counted = limitRequests(caller, owner);
  return counted === undefined ? kind : counted.then(() => kind);
}

/** Counts a wrong key, or none, for the address that it came from. */
async function failed({ address, services }: Caller, detail: string, challenge: string): Promise<never> {
  const standing = await services.failedKeys.count(address);
  throw standing === undefined ? unauthorized(detail, challenge) : tooManyRequests(standing, TOO_MANY_FAILURES);
}

function admit(caller: Caller, kind: KeyKind, { kinds }: Permission): void {
  if (!kinds.includes(kind)) throw new HttpProblem(403, 'forbidden', `A ${kind} key may not do this.`);
  caller.kind = kind;
}

/** Browsers say on which page they are; programs need not, and could say anything. */
function requireOrigin(caller: Caller, allowed: readonly string[]): void {
  const { origin } = caller.headers;
  if (origin === undefined) return;
  if (allowed.includes(origin)) {
    caller.readableBy = origin;
    return;
  }
  caller.readableBy = undefined;
  throw new HttpProblem(403, 'origin_not_allowed', 'This key is not valid on pages of this origin.');
}

/** The admin key belongs to no provider, so a header says for which one it acts. */
async function chosenProvider({ db, headers, services }: Caller): Promise<string> {
  const id = headers['offerbook-provider'];
  if (typeof id !== 'string' || id === '') {
    const detail = 'is required with the admin key';
    throw invalid([{ pointer: '/headers/Offerbook-Provider', code: 'required', detail }], 'provider_required');
  }
  if (services.rulebooks.has(id) || (await providerExists(db, id))) return id;
  throw new HttpProblem(404, 'provider_not_found', 'The provider does not exist.');
}

/** A publishable key is in every visitor's hands: it must not look ahead in time, try out rules or read them all. */
export function assertAllowed({ kind }: Caller, body: unknown): void {
  if (kind !== 'publishable') return;
  refuseIn(body, '');
  // The cart of a forecast is a member of its body.
  if (isObject(body) && Object.hasOwn(body, 'quote')) refuseIn((body as { quote: unknown }).quote, '/quote');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function refuseIn(body: unknown, pointer: string): void {
  if (!isObject(body)) return;
  // Own members only: lists inherit an `at`.
  const has = (name: string) => Object.hasOwn(body, name);
  const explainsAll = has('explain') && (body as { explain: unknown }).explain === 'all';
  if (has('at') || has('draft') || has('redemptionId') || explainsAll) {
    throw new HttpProblem(
      403,
      'forbidden',
      'A publishable key may not send at, draft, redemptionId or explain: "all".',
    );
  }
  const codes = has('promoCodes') && (body as { promoCodes: unknown }).promoCodes;
  if (Array.isArray(codes) && codes.length > MOST_STOREFRONT_CODES) {
    const detail = `must NOT have more than ${MOST_STOREFRONT_CODES} items with a publishable key`;
    throw invalid([{ pointer: `${pointer}/promoCodes`, code: 'max_items', detail }]);
  }
}

function unauthorized(detail: string, challenge: string): HttpProblem {
  return new HttpProblem(401, 'unauthorized', detail, { headers: { 'WWW-Authenticate': challenge } });
}
