import pino from 'pino';
import { QueueRunner } from '../../../src/services/webhooks/queue-runner';
import { migrateQueue } from '../../../src/store/database/job-queue';
import { runOn } from '../../support/database';
import { type RestartablePostgres, startRestartablePostgres } from '../../support/processes/processes';
import { until } from '../../support/until';

describe('the queue of webhooks', () => {
  let postgres: RestartablePostgres;
  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    await migrateQueue(postgres.connectionString);
  }, 60_000);
  afterAll(() => postgres?.remove());

  test('ends although its server is frozen, so that it can begin anew on another one', async () => {
    // The queue prints what it could not release.
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const sent: unknown[] = [];
    const send = async (job: unknown) => void sent.push(job);
    const runner = new QueueRunner(postgres.connectionString, send, pino({ level: 'silent' }));
    const add = (name: string) =>
      runOn(
        postgres.connectionString,
        `select offerbook_queue.add_job('send_webhook', json_build_object('webhookId', $1::text))`,
        [name],
      );
    await runner.keepRunning();
    await add('before');
    await until(async () => sent.length === 1);
    postgres.freeze();
    await runner.stop();
    postgres.thaw();
    await add('after');
    await runner.keepRunning();
    await until(async () => sent.length === 2);
    expect(sent).toEqual([{ webhookId: 'before' }, { webhookId: 'after' }]);
    await runner.stop();
    printed.mockRestore();
  }, 120_000);
});
