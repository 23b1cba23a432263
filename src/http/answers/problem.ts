import { STATUS_CODES } from 'node:http';
import type { Quote } from '../../engine/quote/answer';
import { type FieldError, RequestRefused } from '../../engine/vocabulary/problem';
import type { ProblemCode } from '../../engine/vocabulary/problem-code';
import { PriceChanged, Unavailable } from '../../services/errors';
import type { TypeUser } from '../../store/catalog/custom-type-uses';
import { isContention } from '../../store/database/contention';
import { Conflict, codeOf, NotFound, VersionMismatch } from '../../store/database/errors';
import { isUnreachable } from '../../store/database/unreachable';
import type { Answer } from './answer';
import { toJson } from './json';
import { jsonError } from './json-error';
import { takenBy } from './taken-value';

/** An error answer, RFC 9457. */
export interface Problem {
  /**
   * Names the kind of problem: `urn:offerbook:problem:` and the code.
   * @maxLength 200
   */
  type: string;
  /**
   * The status in words.
   * @maxLength 100
   */
  title: string;
  /**
   * The HTTP status.
   * @isInt
   */
  status: number;
  /**
   * What is wrong, in words.
   * @maxLength 2100
   */
  detail: string;
  /**
   * What is wrong, stable and machine-readable.
   */
  code: ProblemCode;
  /**
   * Names this request in the service's log.
   * @maxLength 128
   */
  requestId: string;
  /**
   * Every error of a bad request.
   * @maxItems 50
   */
  errors?: FieldError[];
}

/** The answer to a redemption whose cart no longer has the total that the customer was shown. */
export interface PriceChangedProblem extends Problem {
  /** What is wrong. */
  code: 'price_changed';
  /** The cart as it is priced now; show it, and redeem again with its total. */
  quote: Quote;
}

/** The refusal of what would leave rules without their type. */
export interface TypeInUseProblem extends Problem {
  /**
   * The rules that use the type, or would be wrong by what it was to become: the first 20.
   * @maxItems 20
   */
  usedBy?: TypeUser[];
}

/** What a problem has beside its status, code and detail. */
interface ProblemOptions {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  /** Further members of the body. */
  members?: object;
  cause?: unknown;
}

/** The most errors that one answer tells. */
export const MOST_ERRORS = 50;
/** A pointer or a sentence may quote a name of the request, and that may be as long as the body. */
const MOST_CHARACTERS = 1_000;
/** A detail has both, or lists names of what is stored. */
const MOST_IN_DETAIL = 2_100;

/** Thrown to answer with a problem. */
export class HttpProblem extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: object;

  constructor(
    readonly status: number,
    readonly code: ProblemCode,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(cut(detail, MOST_IN_DETAIL), { cause: options.cause });
    this.errors = options.errors?.slice(0, MOST_ERRORS).map(cutError);
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}

/** Returns a 422 that lists what is wrong where; `code` names the whole. */
export function invalid(errors: readonly FieldError[], code: ProblemCode = 'invalid_request'): HttpProblem {
  const first = errors[0] && cutError(errors[0]);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new HttpProblem(422, code, `${first?.pointer || 'The body'}: ${first?.detail}${more}`, { errors });
}

function cutError({ pointer, detail, ...error }: FieldError): FieldError {
  return { ...error, pointer: cut(pointer), detail: cut(detail) };
}

function cut(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text;
  // Half of a surrogate pair is no character.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Returns a 400 that says where a text ceases to be JSON. */
export function malformedJson(text: string): HttpProblem {
  return new HttpProblem(400, 'malformed_json', `The body is not JSON: ${jsonError(text)}.`);
}

/** Returns a 503 that asks to try again. */
export function unavailable(detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem(503, 'unavailable', detail, { headers: { 'Retry-After': '1' }, cause });
}

/**
 * Returns the problem that an error is answered with, `body` being the request's; what nobody foresaw is a 500 that
 * shows nothing of it.
 */
export function toProblem(error: unknown, body?: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof RequestRefused) return invalid(error.errors, error.code);
  if (error instanceof Conflict) {
    return new HttpProblem(409, error.code, error.message, { members: error.members });
  }
  if (error instanceof PriceChanged) {
    return new HttpProblem(409, 'price_changed', error.message, { members: { quote: error.quote } });
  }
  if (error instanceof Unavailable) return unavailable(error.message, error.cause);
  if (error instanceof NotFound) return new HttpProblem(404, 'not_found', error.message);
  if (error instanceof VersionMismatch) return new HttpProblem(412, 'version_mismatch', error.message);
  return (
    fromDatabase(error, body) ??
    fromExpress(error) ??
    new HttpProblem(500, 'internal_error', INTERNAL, { cause: error })
  );
}

/** Returns the body that an error is answered with. */
export function problemOf(error: unknown, requestId: string): Problem {
  const problem = toProblem(error);
  return {
    type: `urn:offerbook:problem:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    requestId,
    ...(problem.errors && { errors: [...problem.errors] }),
    ...problem.members,
  };
}

/** Returns the answer that a problem is sent, and recorded, as. */
export function problemAnswer(problem: HttpProblem, requestId: string): Answer {
  return {
    status: problem.status,
    headers: { ...problem.headers, 'Content-Type': 'application/problem+json' },
    body: toJson(problemOf(problem, requestId)),
  };
}

const INTERNAL = 'Something went wrong on our side; the request id names it in our log.';

function fromDatabase(error: unknown, body: unknown): HttpProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  if (code === '23505') return takenValue(error, body);
  if (code === '23503') {
    return new HttpProblem(
      409,
      'in_use',
      'Another resource refers to this one, or a resource that it refers to was removed.',
    );
  }
  if (isContention(error)) return unavailable('Too many writes at the same time; try again.', error);
  return isUnreachable(error) ? unavailable('The database does not answer; try again.', error) : undefined;
}

function takenValue(error: Error, body: unknown): HttpProblem {
  const taken = takenBy(error, body);
  if (taken === undefined) return new HttpProblem(409, 'already_exists', 'Another resource already has this value.');
  const { code, pointer, detail } = taken;
  return new HttpProblem(409, code, detail, { errors: [{ pointer, code, detail }] });
}

const BODY_PROBLEMS: Readonly<Record<string, readonly [status: number, code: ProblemCode, detail: string]>> = {
  'entity.verify.failed': [400, 'malformed_json', 'The body is not JSON in UTF-8.'],
  'entity.too.large': [413, 'body_too_large', 'The body is larger than this key may send.'],
  'encoding.unsupported': [415, 'unsupported_encoding', 'The body has a content encoding that is not understood.'],
  'charset.unsupported': [415, 'unsupported_charset', 'A body is read as UTF-8.'],
};

/** The errors of express and its body parser carry a status below 500 when the request is to blame. */
function fromExpress(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const type = 'type' in error ? String(error.type) : '';
  if (type === 'entity.parse.failed') return malformedJson('body' in error ? String(error.body) : '');
  const known = BODY_PROBLEMS[type];
  if (known) return new HttpProblem(...known);
  const status = Number(error.status);
  return status >= 400 && status < 500
    ? new HttpProblem(status, 'bad_request', 'The request could not be read.')
    : undefined;
}

/** Returns a body that fits its schema, after a check of what no schema can say. */
export function assertValid<T>(input: T, check: (input: T) => FieldError[]): T {
  const errors = check(input);
  if (errors.length > 0) throw invalid(errors);
  return input;
}
