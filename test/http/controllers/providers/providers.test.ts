import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

const NORTH = { id: 'north', name: 'North Hosting', timeZone: 'Europe/Berlin', defaultLanguage: 'en' };
const DEFAULTS = {
  combination: 'best',
  maxOffers: 4,
  roundingMode: 'half_up',
  residualDays: 'one_end',
  maxPromoCodes: 1,
  maxRules: 200_000,
  trustStorefrontCustomers: false,
};

describe('providers', () => {
  let api: Api;
  let admin: Agent;
  beforeAll(async () => {
    api = await startApi();
    admin = api.admin;
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    await admin.post('/v1/providers').send(NORTH).expect(201);
  });

  test('a created provider has its defaults, a version and a place', async () => {
    const south = { ...NORTH, id: 'south' };
    const answer = await admin.post('/v1/providers').send(south).expect(201);
    expect(answer.body).toEqual({
      ...south,
      settings: DEFAULTS,
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: answer.body.createdAt,
    });
    expect(answer.headers).toMatchObject({ location: '/v1/providers/south', etag: '"1"' });
    const read = await admin.get('/v1/providers/south').expect(200);
    expect(read.body).toEqual(answer.body);
    expect(read.headers.etag).toBe('"1"');
  });

  test('an id is taken once', async () => {
    expectProblem(await admin.post('/v1/providers').send(NORTH), 409, 'id_taken');
  });

  test('a list comes in parts, in the order of ids', async () => {
    for (const id of ['west', 'east']) await admin.post('/v1/providers').send({ ...NORTH, id });
    const first = await admin.get('/v1/providers?limit=2').expect(200);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual(['east', 'north']);
    expect(first.body.nextCursor).toMatch(/^[\w-]+$/);
    const second = await admin.get(`/v1/providers?limit=2&cursor=${first.body.nextCursor}`).expect(200);
    expect(second.body).toEqual({ items: [expect.objectContaining({ id: 'west' })] });
  });

  test('a replacement is whole: what it leaves out has its default again', async () => {
    await admin
      .put('/v1/providers/north')
      .send({ ...NORTH, settings: { maxOffers: 9 } })
      .expect(200);
    const answer = await admin
      .put('/v1/providers/north')
      .send({ ...NORTH, name: 'Nord' })
      .expect(200);
    expect(answer.body).toMatchObject({ name: 'Nord', settings: DEFAULTS, version: 3 });
    expect(answer.headers.etag).toBe('"3"');
  });

  test('what was read can be sent back as it is', async () => {
    const { body } = await admin.get('/v1/providers/north');
    const answer = await admin.put('/v1/providers/north').send(body).expect(200);
    expect(answer.body).toEqual({ ...body, version: 2, updatedAt: expect.any(String) });
  });

  test('a merge patch changes what it names and removes what it sets to null', async () => {
    await admin.put('/v1/providers/north').send({ ...NORTH, settings: { maxOffers: 9, combination: 'sum' } });
    const answer = await admin
      .patch('/v1/providers/north')
      .set('Content-Type', 'application/merge-patch+json')
      .send(JSON.stringify({ name: 'Nord', settings: { combination: null } }))
      .expect(200);
    expect(answer.body).toMatchObject({ name: 'Nord', settings: { ...DEFAULTS, maxOffers: 9 }, version: 3 });
  });

  test('a patched provider is validated whole', async () => {
    const answer = await admin.patch('/v1/providers/north').send({ timeZone: null, colour: 'red' });
    const { errors } = expectProblem(answer, 422, 'invalid_request');
    expect(errors).toEqual([
      { pointer: '/timeZone', code: 'required', detail: expect.any(String) },
      { pointer: '/colour', code: 'unknown_property', detail: expect.any(String) },
    ]);
    expect((await admin.get('/v1/providers/north')).body).toMatchObject({ version: 1 });
  });

  test('an id never changes', async () => {
    for (const answer of [
      await admin.put('/v1/providers/north').send({ ...NORTH, id: 'south' }),
      await admin.patch('/v1/providers/north').send({ id: 'south' }),
    ]) {
      expect(expectProblem(answer, 422)).toMatchObject({ errors: [{ pointer: '/id', code: 'id_fixed' }] });
    }
  });

  test('a removed provider is gone with everything that it has', async () => {
    const token = await api.createKey('north', 'secret');
    await admin.delete('/v1/providers/north').expect(204);
    expectProblem(await admin.get('/v1/providers/north'), 404, 'not_found');
    expectProblem(await admin.delete('/v1/providers/north'), 404);
    expectProblem(await api.http.get('/v1/providers').set('Authorization', `Bearer ${token}`), 401);
  });

  test('a provider that is created again with the id of a removed one repeats neither its answers nor its versions', async () => {
    const tag = { name: 'monthly' };
    const create = () => api.as('north').post('/v1/tags').set('Idempotency-Key', 'the-first').send(tag);
    const plan = () => api.as('north').post('/v1/plans').send({ id: 'vps-1', serviceType: 'vps' }).expect(201);
    const first = await create().expect(201);
    await plan();
    const before = (await api.as('north').get('/v1/catalog').expect(200)).headers.etag as string;
    await admin.delete('/v1/providers/north').expect(204);
    await admin.post('/v1/providers').send(NORTH).expect(201);

    const again = await create().expect(201);
    expect(again.headers['idempotent-replay']).toBeUndefined();
    expect(again.body.id).not.toBe(first.body.id);
    await plan();
    const put = api.as('north').put('/v1/catalog').set('If-Match', before);
    expectProblem(
      await put.send({ tags: [], plans: [], promotions: [], discounts: [], relatedProducts: [], upgradePaths: [] }),
      412,
    );
  });

  describe('If-Match', () => {
    const rename = (tag: string) => admin.put('/v1/providers/north').set('If-Match', tag).send(NORTH);

    test.each(['"1"', '*', '"7", "1"'])('%s lets a write of version 1 happen', async (tag) => {
      expect((await rename(tag).expect(200)).body.version).toBe(2);
    });

    test.each(['"2"', 'W/"1"', '"7","8"'])('%s refuses a write of version 1', async (tag) => {
      expectProblem(await rename(tag), 412, 'version_mismatch');
      expectProblem(await admin.patch('/v1/providers/north').set('If-Match', tag).send({}), 412);
      expectProblem(await admin.delete('/v1/providers/north').set('If-Match', tag), 412);
      expect((await admin.get('/v1/providers/north')).body.version).toBe(1);
    });

    test('what is no list of tags is refused by name', async () => {
      expect(expectProblem(await rename('1'), 422)).toMatchObject({ errors: [{ pointer: '/headers/If-Match' }] });
    });

    test('If-Match of two writers who read the same version one comes too late', async () => {
      const answers = await Promise.all([rename('"1"'), rename('"1"'), rename('"1"')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    });

    test('a read that already has the version gets no body again', async () => {
      await admin.get('/v1/providers/north').set('If-None-Match', '"1"').expect(304);
    });
  });

  test.each([
    ['a slug with capitals', { id: 'North' }, '/id', 'pattern'],
    ['a zone that does not exist', { timeZone: 'Europe/Atlantis' }, '/timeZone', 'format'],
    ['an offset instead of a zone', { timeZone: '+01:00' }, '/timeZone', 'format'],
    ['a language that is none', { defaultLanguage: 'not a language' }, '/defaultLanguage', 'format'],
    ['an unknown way to combine', { settings: { combination: 'worst' } }, '/settings/combination', 'enum'],
    ['a limit that is not whole', { settings: { maxOffers: 1.5 } }, '/settings/maxOffers', 'type'],
    ['a negative limit', { settings: { maxOffers: -1 } }, '/settings/maxOffers', 'minimum'],
    ['null for a value', { name: null }, '/name', 'type'],
    ['an unknown setting', { settings: { colour: 'red' } }, '/settings/colour', 'unknown_property'],
  ])('%s is refused where it stands', async (_title, fields, pointer, code) => {
    const answer = await admin.post('/v1/providers').send({ ...NORTH, id: 'south', ...fields });
    expect(expectProblem(answer, 422, 'invalid_request').errors).toEqual([
      { pointer, code, detail: expect.stringMatching(/\S/) },
    ]);
  });
});
