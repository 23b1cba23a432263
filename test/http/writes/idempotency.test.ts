import type { Response } from 'supertest';
import { removeOldAnswers } from '../../../src/store/idempotency';
import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('Idempotency-Key', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
    await api.createProvider('south');
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('idempotency_keys').delete();
    await api.db('tags').delete();
  });
  const postTag = (body: object, key: string, provider = 'north') =>
    api.as(provider).post('/v1/tags').set('Idempotency-Key', key).send(body);
  const age = (by: string) =>
    api.db('idempotency_keys').update({ created_at: api.db.raw(`created_at - interval '${by}'`) });
  const tags = async (provider = 'north') => (await api.as(provider).get('/v1/tags')).body.items;
  const wire = ({ status, text, headers }: Response) => ({
    status,
    text,
    location: headers.location,
    etag: headers.etag,
    type: headers['content-type'],
  });

  test('the same again gets the first answer, byte for byte, and nothing happens twice', async () => {
    const first = await postTag({ name: 'fast' }, 'a').expect(201);
    const again = await postTag({ name: 'fast' }, 'a');
    expect(wire(again)).toEqual(wire(first));
    expect(first.headers).not.toHaveProperty('idempotent-replay');
    expect(again.headers['idempotent-replay']).toBe('true');
    expect(await tags()).toHaveLength(1);
  });

  test('Idempotency-Key without a key the same again is a second request', async () => {
    await api.as('north').post('/v1/tags').send({ name: 'fast' }).expect(201);
    expectProblem(await api.as('north').post('/v1/tags').send({ name: 'fast' }), 409, 'name_taken');
  });

  test('the same body with its members in another order is the same', async () => {
    const post = (body: object) => api.as('north').post('/v1/plans').set('Idempotency-Key', 'p').send(body);
    await post({ id: 'small', serviceType: 'vps' }).expect(201);
    const again = await post({ serviceType: 'vps', id: 'small' });
    expect(again.status).toBe(201);
    expect(again.headers['idempotent-replay']).toBe('true');
  });

  test.each([100, 5_000, 200_000])('a body nested %i deep is refused', async (depth) => {
    const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const answer = await api
      .as('north')
      .post('/v1/tags')
      .set('Idempotency-Key', 'deep')
      .set('Content-Type', 'application/json')
      .send(body);
    expect(expectProblem(answer, 422).errors).toMatchObject([{ code: 'too_deep' }]);
  });

  test('another body under the same key is refused', async () => {
    await postTag({ name: 'fast' }, 'a').expect(201);
    expectProblem(await postTag({ name: 'slow' }, 'a'), 422, 'idempotency_key_reused');
    expect(await tags()).toHaveLength(1);
  });

  test('a refusal is repeated too, even where it would succeed by now', async () => {
    await api.as('north').post('/v1/tags').send({ name: 'fast' });
    const conflict = await postTag({ name: 'fast' }, 'a');
    expectProblem(conflict, 409);
    const invalid = await postTag({ name: '' }, 'b');
    expectProblem(invalid, 422);
    await api.db('tags').delete();
    for (const [first, body, key] of [
      [conflict, { name: 'fast' }, 'a'],
      [invalid, { name: '' }, 'b'],
    ] as const) {
      expect(wire(await postTag(body, key))).toEqual(wire(first));
    }
    expect(await tags()).toEqual([]);
  });

  test('keys count per provider and path', async () => {
    await postTag({ name: 'fast' }, 'a').expect(201);
    await postTag({ name: 'slow' }, 'a', 'south').expect(201);
    const plan = await api
      .as('north')
      .post('/v1/plans')
      .set('Idempotency-Key', 'a')
      .send({ id: 's', serviceType: 'vps' });
    expect(plan.status).toBe(201);
    expect(await tags('south')).toMatchObject([{ name: 'slow' }]);
  });

  test('simultaneous duplicates have one effect and one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => postTag({ name: 'fast' }, 'a')));
    expect(new Set(answers.map((answer) => JSON.stringify(wire(answer)))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => headers['idempotent-replay'] === undefined)).toHaveLength(1);
    expect(await tags()).toHaveLength(1);
  });

  test('Idempotency-Key after 24 hours of the database a key is free again, whatever the clock of the process says', async () => {
    await postTag({ name: 'fast' }, 'a').expect(201);
    api.advance(3 * DAY_MS);
    await age('23 hours 59 minutes');
    expect((await postTag({ name: 'fast' }, 'a')).headers['idempotent-replay']).toBe('true');
    await age('2 minutes');
    await postTag({ name: 'slow' }, 'a').expect(201);
    expect(await tags()).toHaveLength(2);
  });

  test('old records are removed in batches, others stay', async () => {
    await api.db.raw(`
      insert into idempotency_keys (provider_id, path, key, request_hash, status, body, created_at)
      select 'north', '/v1/tags', 'old' || n, '', 200, '', now() - interval '25 hours' from generate_series(1, 1200) n`);
    await postTag({ name: 'd' }, 'd').expect(201);
    expect(await removeOldAnswers(api.db)).toBe(1_200);
    expect(await api.db('idempotency_keys')).toMatchObject([{ key: '/d' }]);
  });

  test('keys count per API key as well: nobody is told, or kept from, what another one was answered', async () => {
    const [one, other] = [await api.createKey('north', 'secret'), await api.createKey('north', 'secret')];
    const post = (token: string, body: object) =>
      api.with(token).post('/v1/tags').set('Idempotency-Key', 'a').send(body);
    await post(one, { name: 'fast' }).expect(201);
    await post(other, { name: 'slow' }).expect(201);
    await postTag({ name: 'dear' }, 'a').expect(201);
    expect((await post(one, { name: 'fast' })).headers['idempotent-replay']).toBe('true');
  });

  test('another spelling of the path is the same path', async () => {
    await postTag({ name: 'fast' }, 'a').expect(201);
    const again = await api.as('north').post('/V1/Tags/').set('Idempotency-Key', 'a').send({ name: 'fast' });
    expect(again.headers['idempotent-replay']).toBe('true');
  });

  test('an answer of ours that failed is not kept', async () => {
    await api.db.raw(`
      create function fail() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
      create trigger fail before insert on tags for each row execute function fail()`);
    try {
      const failed = await postTag({ name: 'fast' }, 'a');
      expectProblem(failed, 500, 'internal_error');
      expect(failed.text).not.toContain('broken');
      expect(await api.db('idempotency_keys')).toEqual([]);
    } finally {
      await api.db.raw('drop trigger fail on tags; drop function fail()');
    }
    await postTag({ name: 'fast' }, 'a').expect(201);
  });

  test('providers and keys have it as well, and the database never sees a token', async () => {
    const post = (path: string, body: object) => api.admin.post(path).set('Idempotency-Key', 'a').send(body);
    const west = { id: 'west', name: 'West', timeZone: 'UTC', defaultLanguage: 'en' };
    expect((await post('/v1/providers', west)).status).toBe(201);
    expect((await post('/v1/providers', west)).status).toBe(201);
    const keys = '/v1/providers/west/api-keys';
    const first = await post(keys, { name: 'Shop', kind: 'secret' });
    const again = await post(keys, { name: 'Shop', kind: 'secret' });
    expect(again.body.token).toBe(first.body.token);
    const records = await api.db('idempotency_keys');
    expect(records).toHaveLength(2);
    expect(JSON.stringify(records)).not.toContain(first.body.token);
    await api.with(first.body.token).get('/v1/tags').expect(200);
  });

  test('Idempotency-Key of a quote nothing is kept', async () => {
    for (const key of ['a', '', 'k'.repeat(300)]) {
      const quote = api.as('north').post('/v1/quote').set('Idempotency-Key', key);
      await quote.send({ currency: 'EUR', lines: [] }).expect(200);
    }
    expect(await api.db('idempotency_keys')).toEqual([]);
  });

  test.each([256, 0])('a key of %i characters is refused', async (length) => {
    expect(expectProblem(await postTag({ name: 'fast' }, 'k'.repeat(length)), 422).errors).toMatchObject([
      { pointer: '/headers/Idempotency-Key' },
    ]);
  });

  test('a key of 255 characters is taken', async () => {
    await postTag({ name: 'fast' }, 'k'.repeat(255)).expect(201);
  });
});
