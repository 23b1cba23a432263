import { RequestRefused } from './problem';

/** The most bytes of an answer that is not streamed. */
export const MOST_ANSWER_BYTES = 8 * 1_048_576;

/** Returns the error for a request whose answer would be larger. */
export function answerTooLarge(): RequestRefused {
  const detail = 'would have an answer larger than 8 MiB; request less at a time';
  return new RequestRefused('answer_too_large', [{ pointer: '', code: 'answer_too_large', detail }]);
}

/** Returns the characters that a JSON text of a value has at least; looks no further than `most`. */
export function jsonLength(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 1;
  let length = 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && length <= most; index++) {
      length += 1 + jsonLength(value[index], most - length);
    }
    return length;
  }
  for (const name in value) {
    if (length > most) break;
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) length += name.length + 4 + jsonLength(member, most - length);
  }
  return length;
}

/** Refuses a value whose JSON text is longer than an answer may be, before anything of it is written. */
export function assertAnswerable(value: unknown): void {
  if (jsonLength(value, MOST_ANSWER_BYTES) > MOST_ANSWER_BYTES) throw answerTooLarge();
}

/** Adds up the parts of an answer while they are made; refuses the request once they are too many. */
export class AnswerMeter {
  #length = 0;

  /** Counts one more part. */
  add(part: unknown): void {
    this.#length += jsonLength(part, MOST_ANSWER_BYTES);
    if (this.#length > MOST_ANSWER_BYTES) throw answerTooLarge();
  }
}
