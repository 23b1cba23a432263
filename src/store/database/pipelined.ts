import type { Knex } from 'knex';
import type { Client } from 'pg';

/** A connection that can be told to send statements before earlier ones are answered. */
type Pipeline = Client & { pipeline: boolean; pipelines?: number };

/**
 * Runs statements of a transaction that do not need each other's answers, in their order, but sends them all at once: a busy
 * process comes to an answer only when it is its turn. None may be a stream. Outside of a transaction each waits for the one
 * before, so that a request takes one connection of the pool.
 */
export async function pipelined<T extends readonly unknown[]>(
  db: Knex,
  ...sends: { readonly [K in keyof T]: () => PromiseLike<T[K]> }
): Promise<T> {
  if (!db.isTransaction) {
    const answers: unknown[] = [];
    for (const send of sends) answers.push(await send());
    return answers as unknown as T;
  }
  const connection: Pipeline = await db.client.acquireConnection();
  connection.pipelines = (connection.pipelines ?? 0) + 1;
  connection.pipeline = true;
  const answers: Promise<unknown>[] = [];
  for (const send of sends) answers.push(...(await handed(db, send)));
  const settled = await Promise.allSettled(answers);
  connection.pipelines -= 1;
  connection.pipeline = connection.pipelines > 0;
  // The first that failed is the cause: the others fail because it has ended the transaction.
  return settled.map(answerOf) as unknown as T;
}

/** Waits until the driver has the first statement, or nothing was to be sent: they keep their order. Returns the answer to come. */
function handed(trx: Knex, send: () => PromiseLike<unknown>): Promise<[Promise<unknown>]> {
  return new Promise((resolve) => {
    const go = (): void => {
      trx.client.off('query', go);
      resolve([answer]);
    };
    trx.client.on('query', go);
    const answer = Promise.resolve(send());
    answer.then(go, go);
  });
}

function answerOf(settled: PromiseSettledResult<unknown>): unknown {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
