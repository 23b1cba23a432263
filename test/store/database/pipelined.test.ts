import { pipelined } from '../../../src/store/database/pipelined';
import { type Api, startApi } from '../../support/api';

let api: Api;
beforeAll(async () => {
  api = await startApi();
  await api.db.raw('create table noted (place integer primary key, word text)');
});
afterAll(() => api.drop());
beforeEach(() => api.db('noted').delete());

const note = (db: Api['db'], place: number) => async () =>
  (await db('noted').insert({ place }).returning<{ place: number }[]>('place'))[0]?.place;

test('statements are all sent before the first is answered, and run in their order', async () => {
  const seen: string[] = [];
  const counted = await api.db.transaction(async (trx) => {
    const [, , count] = await pipelined(
      trx,
      async () => {
        await note(trx, 1)();
        seen.push('answered');
      },
      note(trx, 2),
      async () => {
        seen.push('sent');
        return (await trx('noted').count<{ count: number }[]>('* as count'))[0]?.count;
      },
    );
    return count;
  });
  expect([seen, counted]).toEqual([['sent', 'answered'], 2]);
});

test('what sends nothing has its answer all the same', async () => {
  const answers = await api.db.transaction((trx) =>
    pipelined(
      trx,
      async () => 'nothing',
      note(trx, 1),
      () => Promise.resolve(3),
    ),
  );
  expect(answers).toEqual(['nothing', 1, 3]);
});

test('the first error is thrown, and the transaction is taken back', async () => {
  const failing = api.db.transaction((trx) => pipelined(trx, note(trx, 1), note(trx, 1), note(trx, 2)));
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await api.db('noted')).toEqual([]);
});

test('pipelines lie in each other, and the connection is an ordinary one afterwards', async () => {
  const answers = await api.db.transaction(async (trx) => {
    const both = await pipelined(trx, () => pipelined(trx, note(trx, 1), note(trx, 2)), note(trx, 3));
    return [both, (await trx.client.acquireConnection()).pipeline];
  });
  expect(answers).toEqual([[[1, 2], 3], false]);
});

test('without a transaction they wait for each other', async () => {
  expect(await pipelined(api.db, note(api.db, 1), note(api.db, 2))).toEqual([1, 2]);
});
