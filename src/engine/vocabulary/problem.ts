import type { ProblemCode } from './problem-code';

/** One error of a request: where it is, a stable code, and words. */
export interface FieldError {
  /**
   * The JSON pointer in the body, or the parameter.
   * @maxLength 1000
   */
  pointer: string;
  /**
   * Stable and machine-readable.
   * @maxLength 100
   */
  code: string;
  /**
   * What is wrong, in words.
   * @maxLength 1000
   */
  detail: string;
  /**
   * The line of a streamed body.
   * @isLong
   */
  line?: number;
}

/** Thrown by the engine when a well-formed request breaks a rule; answered as 422. */
export class RequestRefused extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly errors: readonly FieldError[],
  ) {
    super(errors[0]?.detail ?? code);
  }
}

/** Makes the error of one part of a request. */
export function fieldError(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}

/** Returns the JSON pointer (RFC 6901) of a path of names. */
export function pointerTo(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Puts errors that were found in a part of a request where that part is. */
export function errorsAt(pointer: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` }));
}

/** Collects what `check` finds in each entry of the list at a pointer. */
export function errorsOfEach<T>(
  pointer: string,
  entries: readonly T[] | undefined,
  check: (entry: T) => readonly FieldError[],
): FieldError[] {
  return (entries ?? []).flatMap((entry, index) => errorsAt(`${pointer}/${index}`, check(entry)));
}

/** Finds the entries whose `name` is that of an earlier entry; `list` is the pointer of the list, or says where each entry is. */
export function duplicates<K extends string>(
  entries: readonly { readonly [name in K]?: string }[] | undefined,
  name: K,
  list: string | ((index: number) => string),
): FieldError[] {
  const errors: FieldError[] = [];
  if (entries === undefined) return errors;
  const seen = new Set<string>();
  // A loop by index: every quote comes through here with its lines.
  for (let index = 0; index < entries.length; index++) {
    const value = entries[index]?.[name];
    if (value === undefined) continue;
    const { size } = seen;
    seen.add(value);
    if (seen.size === size) {
      const detail = `The ${name} "${value}" occurs twice.`;
      const entry = typeof list === 'string' ? `${list}/${index}` : list(index);
      errors.push(fieldError(`${entry}/${name}`, `duplicate_${name}`, detail));
    }
  }
  return errors;
}
