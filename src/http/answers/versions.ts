import { NotFound, VersionMismatch } from '../../store/database/errors';
import type { Context } from '../context';
import { HttpProblem } from './problem';

/**
 * The id of a resource, or `key:` and its key.
 * @minLength 1
 * @maxLength 200
 */
export type PathId = string;

/** What every resource has. */
interface Versioned {
  version: number;
}

/** Answers with a resource and its `ETag`; 404 where there is none. */
export function respond<T extends Versioned>(context: Context, resource: T | undefined): T {
  if (resource === undefined) throw new NotFound();
  context.response.set('ETag', etag(resource));
  return resource;
}

/** Answers with a new resource, its `ETag` and its `Location` in the collection that it belongs to. */
export function respondCreated<T extends Versioned & { id: string }>(
  context: Context,
  resource: T,
  collection = context.request.path.replace(/\/$/, ''),
): T {
  context.response.location(`${collection}/${encodeURIComponent(resource.id)}`);
  return respond(context, resource);
}

/** Returns the stored resource that a write is about: 404 where there is none, 412 where `If-Match` names another version. */
export function requireVersion<T extends Versioned>(context: Context, resource: T | undefined): T {
  if (resource === undefined) throw new NotFound();
  const expected = context.request.get('If-Match');
  if (expected !== undefined && !matches(expected, etag(resource))) throw new VersionMismatch();
  return resource;
}

function etag(resource: Versioned): string {
  return `"${resource.version}"`;
}

const TAG_LIST = /^\s*(W\/)?"[^"]*"\s*(,\s*(W\/)?"[^"]*"\s*)*$/;

/** Strong comparison (RFC 9110, 13.1.1): a weak tag matches nothing. */
function matches(ifMatch: string, tag: string): boolean {
  if (ifMatch.trim() === '*') return true;
  if (!TAG_LIST.test(ifMatch)) {
    const error = { pointer: '/headers/If-Match', code: 'format', detail: 'must be *, or quoted versions as in ETag' };
    throw new HttpProblem(422, 'invalid_request', `${error.pointer}: ${error.detail}`, { errors: [error] });
  }
  return ifMatch.split(',').some((candidate) => candidate.trim() === tag);
}
