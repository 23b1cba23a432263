import { pointerTo } from '../../engine/vocabulary/problem';
import type { ProblemCode } from '../../engine/vocabulary/problem-code';

/** What can be taken, by its member. */
const CODES: Readonly<Record<string, ProblemCode>> = {
  code: 'code_taken',
  key: 'key_taken',
  name: 'name_taken',
  id: 'id_taken',
};

/** A value that another resource has already, and where the body gives it. */
export interface TakenValue {
  readonly code: ProblemCode;
  readonly pointer: string;
  readonly detail: string;
}

/** Reads out of the database's refusal which value of a body is taken. */
export function takenBy(refusal: Error, body: unknown): TakenValue | undefined {
  const member = memberOf(refusal);
  const code = CODES[member];
  if (code === undefined) return undefined;
  const stored = storedValue(refusal);
  const given = stored === undefined ? undefined : find(body, member, stored.toLowerCase(), []);
  const value = given?.value ?? stored;
  const named = value === undefined ? `this ${member}` : `the ${member} ${JSON.stringify(value)}`;
  return { code, pointer: pointerTo(given?.path ?? [member]), detail: `Another resource already has ${named}.` };
}

/** `tags_key_unique` is about a key, a primary key about an id. */
function memberOf(refusal: Error): string {
  const constraint = 'constraint' in refusal ? String(refusal.constraint) : '';
  return constraint.endsWith('_pkey') ? 'id' : (/_([a-z]+)_unique$/.exec(constraint)?.[1] ?? '');
}

/** Returns the value out of `Key (key, provider_id)=(welcome, demo) already exists.` */
function storedValue(refusal: Error): string | undefined {
  const detail = 'detail' in refusal ? String(refusal.detail) : '';
  const [, columns, values] = /^Key \((.+?)\)=\((.*)\) already exists\.$/s.exec(detail) ?? [];
  if (columns === undefined || values === undefined) return undefined;
  // What is unique is so in its provider, whose id comes first or last and holds no comma.
  if (columns.startsWith('provider_id, ')) return values.slice(values.indexOf(', ') + 2);
  return columns.endsWith(', provider_id') ? values.slice(0, values.lastIndexOf(', ')) : values;
}

interface Given {
  readonly path: readonly string[];
  readonly value: string;
}

/** Returns the member of that name and value, whatever its case, as codes are compared without it. */
function find(part: unknown, member: string, value: string, path: readonly string[]): Given | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  for (const [name, child] of Object.entries(part)) {
    const here = [...path, name];
    if (name === member && typeof child === 'string' && child.toLowerCase() === value)
      return { path: here, value: child };
    const below = find(child, member, value, here);
    if (below !== undefined) return below;
  }
  return undefined;
}
