import { ExpressTemplateService } from '@tsoa/runtime';
import { boundedText, JSON_TYPE, send, sendJson, sizedText } from '../answers/answer';
import { contextOf } from '../context';
import { isComputed } from '../contract/known-paths';
import { answerOnce, idempotencyKey } from '../writes/idempotency';
import { checkedArguments } from './arguments';
import { inTurn } from './provider-turns';

type Arguments = Parameters<ExpressTemplateService['getValidatedArgs']>[0];
type Call = Parameters<ExpressTemplateService['apiHandler']>[0];
type Outcome = Parameters<ExpressTemplateService['returnHandler']>[0];

/**
 * Stands between the generated routes and the controllers. Arguments are validated by ajv against the published
 * document: tsoa's own validation of unions takes seconds, and hundreds of megabytes, for a hostile body of 400 bytes.
 */
export class CheckedTemplateService extends ExpressTemplateService {
  /** Hands on the check instead of its result, so that an Idempotency-Key covers a refusal too. */
  override getValidatedArgs({ args, request }: Arguments): unknown[] {
    return [() => checkedArguments(Object.values(args), request)];
  }

  /** Runs the controller's method and sends its answer. */
  override async apiHandler(call: Call): Promise<void> {
    const { response, successStatus, next } = call;
    const [check] = call.validatedArgs as [() => Promise<unknown[]>];
    const run = async (): Promise<unknown> => this.buildPromise(call.methodName, call.controller, await check());
    try {
      const context = contextOf(response.req);
      const key = idempotencyKey(context);
      await inTurn(context, call.methodName, async () => {
        if (key === undefined) {
          this.returnHandler({ response, headers: {}, statusCode: successStatus, data: await run() });
        } else {
          send(response, await answerOnce(context, key, successStatus ?? 200, run));
        }
      });
    } catch (error) {
      next(error);
    }
  }

  /** Sends a method's result; once written, it can no longer be refused as too large. */
  override returnHandler(outcome: Outcome): void {
    const { response, statusCode, data } = outcome;
    // It was streamed.
    if (response.headersSent) return;
    if (data === undefined) {
      super.returnHandler(outcome);
      return;
    }
    const { method, path } = response.req;
    const isWrite = !READS.has(method) && !isComputed(path);
    const text = isWrite ? sizedText(data) : boundedText(data);
    // Only to a GET may the answer be that nothing has changed, which express finds out.
    if (READS.has(method))
      response
        .status(statusCode ?? 200)
        .type(JSON_TYPE)
        .send(text.text);
    else sendJson(response, statusCode ?? 200, text);
  }
}

const READS = new Set(['GET', 'HEAD']);
