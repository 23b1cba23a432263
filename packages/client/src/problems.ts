import type { components } from '../build/generated/schema';

/** The codes of problems; docs/errors.md has a section for each. */
export type ProblemCode = components['schemas']['ProblemCode'];

/** An error answer (RFC 9457); `code` says which, and narrows the type: `price_changed` has the new `quote`. */
export type Problem = components['schemas']['Problem'] | components['schemas']['PriceChangedProblem'];

/** What a call answers. */
export type Result<T, E> = { data?: T; error?: E; response: Response };

/** Thrown by the short ways where the service answered a problem. */
export class OfferbookError extends Error {
  override readonly name = 'OfferbookError';

  constructor(
    /** The problem as it was answered. */
    readonly problem: Problem,
  ) {
    super(`${problem.code}: ${problem.detail}`);
  }

  /** What is wrong, stable and machine-readable. */
  get code(): ProblemCode {
    return this.problem.code;
  }
}

/** Tells whether an error is a problem of this code; then `error.problem` has its members. */
export function isProblem<C extends ProblemCode>(
  error: unknown,
  code: C,
): error is OfferbookError & { problem: Extract<Problem, { code: C }>; code: C } {
  return error instanceof OfferbookError && error.code === code;
}

/** The data of an answer; throws its problem. */
export async function unwrap<T>(answer: Promise<Result<T, Problem>>): Promise<T> {
  const { data, error, response } = await answer;
  if (data !== undefined) return data;
  throw new OfferbookError(isAnswered(error) ? error : unreadable(response));
}

function isAnswered(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'detail' in error;
}

/** What a proxy in front of the service answers is no problem of the service. */
function unreadable({ status, statusText }: Response): Problem {
  return {
    type: 'about:blank',
    title: statusText || 'Error',
    status,
    detail: `The answer with status ${status} is not one of Offerbook.`,
    code: status >= 500 ? 'unavailable' : 'bad_request',
    requestId: '',
  };
}
