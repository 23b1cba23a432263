import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { behavesAsResource } from '../../../support/resource';

const TAGS = ['monthly', 'yearly', 'free', 'pro'];
const createTags = (as: Agent) => Promise.all(TAGS.map((name) => as.post('/v1/tags').send({ name }).expect(201)));
const texts = { en: { title: 'Go yearly', description: '{offerTitle} instead of {subscriptionTitle}' } };

describe('upgrade paths', () => {
  behavesAsResource({
    path: '/v1/upgrade-paths',
    prepare: async (as) => {
      await createTags(as);
      // Without a plan of its tags a path is answered with warnings.
      await as.post('/v1/plans').send({ id: 'news', serviceType: 'news', tags: TAGS }).expect(201);
    },
    body: (n) => ({
      name: `Path ${n}`,
      key: `path-${n}`,
      internalDescription: 'Ours',
      texts,
      sources: ['pro', 'monthly'],
      targets: ['yearly'],
      transition: 'immediately_with_invoice',
    }),
    answer: (n) => ({
      name: `Path ${n}`,
      key: `path-${n}`,
      internalDescription: 'Ours',
      texts,
      sources: ['pro', 'monthly'],
      targets: ['yearly'],
      optional: false,
      transition: 'immediately_with_invoice',
      priority: 0,
      status: 'active',
    }),
    patch: {
      body: { sources: ['free'], targets: ['pro', 'yearly'], texts: { de: { title: 'Jährlich' } }, optional: true },
      changes: {
        sources: ['free'],
        targets: ['pro', 'yearly'],
        texts: { ...texts, de: { title: 'Jährlich' } },
        optional: true,
      },
    },
    invalid: {
      body: { name: 'A', texts: {}, sources: [], targets: ['yearly', 'yearly'], transition: 'at_once' },
      pointers: ['/sources', '/targets', '/texts', '/transition'],
    },
    taken: 'key_taken',
  });
});

describe('upgrade paths in particular', () => {
  let api: Api;
  let as: Agent;
  const path = { name: 'Path', texts, sources: ['monthly'], targets: ['yearly'], transition: 'next_booking' };
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
    await createTags(as);
  });

  test('its tags must exist, here and not with somebody else', async () => {
    const south = api.as(await api.createProvider('south'));
    await south.post('/v1/tags').send({ name: 'foreign' }).expect(201);
    const answer = await as
      .post('/v1/upgrade-paths')
      .send({ ...path, sources: ['monthly', 'foreign'], targets: ['none'] });
    expect(expectProblem(answer, 422).errors).toMatchObject([
      { pointer: '/sources/1', code: 'unknown_tag' },
      { pointer: '/targets/0', code: 'unknown_tag' },
    ]);
    const { id } = (await as.post('/v1/upgrade-paths').send(path).expect(201)).body;
    expectProblem(await as.patch(`/v1/upgrade-paths/${id}`).send({ targets: ['none'] }), 422);
    expect((await as.get(`/v1/upgrade-paths/${id}`).expect(200)).body.targets).toEqual(['yearly']);
  });

  test('no tag is a source and a target, and no unknown variable is saved', async () => {
    const wrong = { ...path, targets: ['yearly', 'monthly'], texts: { en: { title: 'A', description: '{price}' } } };
    expect(expectProblem(await as.post('/v1/upgrade-paths').send(wrong), 422).errors).toMatchObject([
      { pointer: '/targets/1', code: 'shared_tag' },
      { pointer: '/texts/en/description', code: 'unknown_variable' },
    ]);
  });

  test('listed by status and part of the name', async () => {
    await as.post('/v1/upgrade-paths').send(path).expect(201);
    await as
      .post('/v1/upgrade-paths')
      .send({ ...path, name: 'Other', status: 'paused' })
      .expect(201);
    const names = async (query: object) =>
      (await as.get('/v1/upgrade-paths').query(query).expect(200)).body.items.map(({ name }: { name: string }) => name);
    expect(await names({ status: 'paused' })).toEqual(['Other']);
    expect(await names({ q: 'PATH' })).toEqual(['Path']);
  });

  test('the graph: tags as nodes, paths as edges, cycles and dead ends', async () => {
    const go = async (fields: object) =>
      (
        await as
          .post('/v1/upgrade-paths')
          .send({ ...path, ...fields })
          .expect(201)
      ).body.id;
    const up = await go({ sources: ['monthly', 'free'], targets: ['yearly'], optional: true });
    const down = await go({ sources: ['yearly'], targets: ['monthly'], transition: 'end_of_interval' });
    const pro = await go({ sources: ['yearly'], targets: ['pro'] });
    await go({ sources: ['pro'], targets: ['free'], status: 'draft' });
    const { body } = await as.get('/v1/upgrade-paths/graph').expect(200);
    expect(body.nodes.map(({ tag }: { tag: string }) => tag).sort()).toEqual([...TAGS].sort());
    const edge = (upgradePathId: string, source: string, target: string, fields = {}) => ({
      upgradePathId,
      source,
      target,
      transition: 'next_booking',
      optional: false,
      status: 'active',
      ...fields,
    });
    expect(body.edges).toEqual([
      edge(up, 'monthly', 'yearly', { optional: true }),
      edge(up, 'free', 'yearly', { optional: true }),
      edge(down, 'yearly', 'monthly', { transition: 'end_of_interval' }),
      edge(pro, 'yearly', 'pro'),
    ]);
    expect(body.cycles.map((tags: string[]) => tags.toSorted())).toEqual([['monthly', 'yearly']]);
    expect(body.deadEnds).toEqual(['pro']);
  });

  test('another provider’s graph is empty', async () => {
    await as.post('/v1/upgrade-paths').send(path).expect(201);
    const south = api.as(await api.createProvider('south'));
    expect((await south.get('/v1/upgrade-paths/graph').expect(200)).body).toEqual({
      nodes: [],
      edges: [],
      cycles: [],
      deadEnds: [],
    });
  });
});
