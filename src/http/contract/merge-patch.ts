import { validateBody } from './validate-body';

/** A JSON Merge Patch (RFC 7396): its members replace those of the resource, `null` removes one, objects are merged. */
export type MergePatch = { [name: string]: unknown };

/** Returns the stored resource with a patch laid over it, validated whole against the schema of what may be saved. */
export function patched<T>(schema: string, stored: object, patch: MergePatch): T {
  return validateBody<T>(schema, mergePatch(stored, patch));
}

/** Lays a patch over a value and answers a new one. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map, because assigning to `__proto__` on an object would change its prototype.
  const members = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value));
  }
  return Object.fromEntries(members);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
