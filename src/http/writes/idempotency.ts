import type { Request } from 'express';
import { answerTooLarge, MOST_ANSWER_BYTES } from '../../engine/vocabulary/answer-size';
import { encryption } from '../../services/encryption';
import { VERSION_HEADER } from '../../services/headers';
import { hashOfJson } from '../../services/quoting/digest';
import { Conflict } from '../../store/database/errors';
import { claimKey, recordAnswer } from '../../store/idempotency';
import type { Answer } from '../answers/answer';
import { toJson } from '../answers/json';
import { type HttpProblem, invalid, problemAnswer, toProblem } from '../answers/problem';
import type { Context } from '../context';
import { isComputed, knownPath } from '../contract/known-paths';
import { findTooDeep } from '../contract/stored-text';
import { hashOfBody, hashWhileRead, streamedTypeOf } from '../contract/streamed-body';

const MAX_KEY_LENGTH = 255;

/** Returns the `Idempotency-Key` of a POST, if it has one; computed answers need none and store nothing. */
export function idempotencyKey({ request }: Context): string | undefined {
  const key = request.method === 'POST' ? request.get('Idempotency-Key') : undefined;
  if (key === undefined || isComputed(request.path)) return undefined;
  if (key === '' || key.length > MAX_KEY_LENGTH) {
    const detail = `must have 1 to ${MAX_KEY_LENGTH} characters`;
    throw invalid([{ pointer: '/headers/Idempotency-Key', code: 'length', detail }]);
  }
  return key;
}

/**
 * Runs a request once: the same key and body, sent again, get the recorded answer, byte for byte. Effect and
 * record are one transaction, so neither is ever without the other, and a simultaneous duplicate waits for the first.
 */
export async function answerOnce(
  context: Context,
  key: string,
  status: number,
  run: () => Promise<unknown>,
): Promise<Answer> {
  const { db, keyId = '', services, request } = context;
  const seal = encryption(services.config.adminKey);
  const isStream = streamedTypeOf(request) !== undefined;
  if (isStream) hashWhileRead(request, JSON.stringify(request.query));
  let answer: Answer;
  try {
    answer = await db.transaction(async (trx) => {
      const path = canonicalPath(request);
      const claim = { scope: context.scope, path, key: `${keyId}/${key}`, hash: isStream ? '' : hashOf(context) };
      const recorded = await claimKey(trx, claim);
      if (recorded) {
        if (recorded.hash !== (isStream ? await hashOfBody(request) : claim.hash)) throw reused();
        if (recorded.body === '') throw erased();
        return replay({ status: recorded.status, headers: recorded.headers, body: seal.open(recorded.body) });
      }
      context.db = trx;
      const made = await run().then(
        (body) => successAnswer(context, status, body),
        // The rest of a stream that was refused is not waited for, so that nobody knows what it was.
        (error) => (isStream ? Promise.reject(error) : refusal(context, error)),
      );
      if (isStream) claim.hash = await hashOfBody(request);
      if (Buffer.byteLength(made.body) > MOST_ANSWER_BYTES) throw answerTooLarge();
      await recordAnswer(trx, claim, { ...made, body: seal.close(made.body), customerId: context.customerId });
      return made;
    });
  } catch (error) {
    // It may be committed all the same.
    if (context.scope !== '') services.rulebooks.invalidate(context.scope);
    throw error;
  } finally {
    context.db = db;
    if (isStream) request.resume();
  }
  const version = answer.headers[VERSION_HEADER];
  if (version !== undefined) await services.rulebooks.afterWrite(db, context.scope, { version: Number(version) });
  return answer;
}

/** Returns the path in its one spelling: express takes capitals, and a slash at the end. */
function canonicalPath({ path, params }: Request): string {
  const template = knownPath(path)?.template ?? path;
  return template.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name])));
}

/** Nothing is checked yet: a body that is nested too deep is refused here, as it cannot be walked. */
function hashOf({ request }: Context): string {
  const tooDeep = findTooDeep(request.body);
  if (tooDeep) throw invalid([tooDeep]);
  return hashOfJson(request.body);
}

function successAnswer({ response }: Context, status: number, body: unknown): Answer {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  for (const name of ['Location', 'ETag', VERSION_HEADER]) {
    const value = response.get(name);
    if (value !== undefined) headers[name] = value;
  }
  return { status, headers, body: body === undefined ? '' : toJson(body) };
}

/** A refusal is an answer as well; what is our own fault is not kept, so that the client can try again. */
function refusal(context: Context, error: unknown): Answer {
  const problem = toProblem(error, context.request.body);
  if (problem.status >= 500) throw error;
  return problemAnswer(problem, context.requestId);
}

function replay(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replay': 'true' } };
}

function erased(): Conflict {
  return new Conflict('answer_erased', 'The first answer named a customer who has been erased since.');
}

function reused(): HttpProblem {
  const code = 'idempotency_key_reused';
  const detail = 'was used with another body within 24 hours';
  return invalid([{ pointer: '/headers/Idempotency-Key', code, detail }], code);
}
