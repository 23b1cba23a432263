import { type FieldError, pointerTo } from '../../engine/vocabulary/problem';

const MAX_DEPTH = 64;
/** PostgreSQL stores no NUL, and half a surrogate pair is no character. */
const UNSTORABLE = /\0|[\ud800-\udfff]/u;

/** Returns whether a text can be stored and sent as it is. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * Finds what no schema can say about a body: nested too deep, or a text that cannot be stored. Whatever walks the body
 * afterwards (ajv, the engine) recurses.
 */
export function findInvalidText(body: unknown): FieldError | undefined {
  return isStorableWhole(body, MAX_DEPTH) ? undefined : locate(body);
}

/** Returns the same for a body whose texts are known to be storable. */
export function findTooDeep(body: unknown): FieldError | undefined {
  return isShallow(body, MAX_DEPTH) ? undefined : locate(body);
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((member) => isShallow(member, depth - 1));
  for (const name in value) {
    if (!isShallow((value as Record<string, unknown>)[name], depth - 1)) return false;
  }
  return true;
}

/** Without the paths, which cost more than the check; goes no deeper than it is let. */
function isStorableWhole(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((member) => isStorableWhole(member, depth - 1));
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (!isStorable(name) || !isStorableWhole(member, depth - 1)) return false;
  }
  return true;
}

function locate(body: unknown): FieldError | undefined {
  return locateIn(body, []);
}

/** `path` is one list for the whole search: a million siblings share it. */
function locateIn(value: unknown, path: (string | number)[]): FieldError | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : unstorable(path);
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length >= MAX_DEPTH) {
    return {
      pointer: pointerTo(path.map(String)),
      code: 'too_deep',
      detail: `is nested deeper than ${MAX_DEPTH} levels`,
    };
  }
  // Names of a list are its places: making texts of them all would cost more than the search.
  for (const [name, member] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (typeof name === 'string' && !isStorable(name)) return unstorable(path);
    path.push(name);
    const found = locateIn(member, path);
    if (found !== undefined) return found;
    path.pop();
  }
  return undefined;
}

function unstorable(path: readonly (string | number)[]): FieldError {
  return {
    pointer: pointerTo(path.map(String)),
    code: 'characters',
    detail: 'contains a NUL character or an unpaired surrogate',
  };
}
