import { type Api, startApi } from '../../support/api';
import { until } from '../../support/until';

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.drop());

/** How many sessions of the database wait for a lock. */
async function waitingForLocks(): Promise<number> {
  const { rows } = await api.db.raw(
    `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].waiting;
}

test.each([
  '',
  'with an Idempotency-Key',
])('writes that wait for a lock leave connections to other providers %s', async (how) => {
  const [north, south] = [await api.createProvider('north'), await api.createProvider('south')];
  await api.as(south).post('/v1/tags').send({ name: 'monthly' }).expect(201);
  const lock = await api.db.transaction();
  await lock('providers').where('id', north).forUpdate();
  const writes = Array.from({ length: 30 }, (_, n) =>
    api
      .as(north)
      .post('/v1/promotions')
      .set(how === '' ? {} : { 'Idempotency-Key': `write ${n}` })
      .send({ name: `Promotion ${n}` })
      .then(({ status }) => status),
  );
  // As many as one provider may have of the ten connections.
  await until(async () => (await waitingForLocks()) === 4);
  for (let n = 0; n < 10; n++) {
    await api.as(south).get('/v1/tags').expect(200);
    await api
      .as(south)
      .post('/v1/plans')
      .send({ id: `plan-${n}`, serviceType: 'vps' })
      .expect(201);
  }
  expect(await waitingForLocks()).toBe(4);
  await lock.commit();
  expect(await Promise.all(writes)).toEqual(writes.map(() => 201));
});

test('a provider makes codes one request after the other, and is answered meanwhile', async () => {
  const north = await api.createProvider('north');
  const { id } = (await api.as(north).post('/v1/promotions').send({ name: 'Codes' }).expect(201)).body;
  const lock = await api.db.transaction();
  await lock.raw('lock table promo_codes in share row exclusive mode');
  const generate = (n: number) =>
    api
      .as(north)
      .post(`/v1/promotions/${id}/promo-codes/generate`)
      .send({ count: n })
      .then(({ status, body }) => [status, body.items.length]);
  const runs = [1, 2, 3, 4].map(generate);
  await until(async () => (await waitingForLocks()) === 1);
  await api.as(north).get('/v1/promotions').expect(200);
  expect(await waitingForLocks()).toBe(1);
  await lock.commit();
  expect(await Promise.all(runs)).toEqual([1, 2, 3, 4].map((n) => [201, n]));
});
