/** One error of a request: where it is, a stable code, and words. */
export interface FieldError {
  /** The JSON pointer in the body, or the parameter. */
  pointer: string;
  /** Stable and machine-readable. */
  code: string;
  /** What is wrong, for people. */
  detail: string;
}

/** Thrown by the engine when a well-formed request breaks a rule; answered as 422. */
export class RequestRefused extends Error {
  constructor(
    readonly code: string,
    readonly errors: readonly FieldError[],
  ) {
    super(errors[0]?.detail ?? code);
  }
}
