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
   * What is wrong, for people.
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
