import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { behavesAsResource } from '../../../support/resource';

describe('plans', () => {
  behavesAsResource({
    path: '/v1/plans',
    body: (n) => ({
      id: `vds ${n}/ü`,
      serviceType: 'vds',
      planGroups: ['linux'],
      tags: ['ssd'],
      title: { en: `VDS ${n}` },
      addons: [],
    }),
    answer: (n) => ({
      id: `vds ${n}/ü`,
      serviceType: 'vds',
      planGroups: ['linux'],
      tags: ['ssd'],
      title: { en: `VDS ${n}` },
      addons: [],
    }),
    patch: { body: { title: { de: 'Server' } }, changes: { title: { en: 'VDS 1', de: 'Server' } } },
    invalid: {
      body: { id: '', tags: 'ssd', title: {} },
      pointers: ['/id', '/serviceType', '/tags', '/title'],
    },
    taken: 'id_taken',
  });
});

describe('plans in particular', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
    as = api.as(await api.createProvider('north'));
    await as.post('/v1/plans').send({ id: 'vds-1', serviceType: 'vds' }).expect(201);
    await as.post('/v1/plans').send({ id: 'web-1', serviceType: 'web' }).expect(201);
  });
  afterAll(() => api.drop());

  test('the id is the key as well', async () => {
    const byId = await as.get('/v1/plans/vds-1').expect(200);
    expect((await as.get('/v1/plans/key:vds-1').expect(200)).body).toEqual(byId.body);
  });

  test('what was not given is absent', async () => {
    const { body } = await as.get('/v1/plans/web-1').expect(200);
    expect(Object.keys(body).sort()).toEqual(['createdAt', 'id', 'serviceType', 'updatedAt', 'version']);
  });

  test('the id cannot change', async () => {
    const { errors } = expectProblem(await as.patch('/v1/plans/vds-1').send({ id: 'vds-2' }), 422);
    expect(errors).toMatchObject([{ pointer: '/id', code: 'id_fixed' }]);
  });

  test('listed by service type and by a part of the id', async () => {
    const ids = async (query: object) =>
      (await as.get('/v1/plans').query(query).expect(200)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids({ serviceType: 'web' })).toEqual(['web-1']);
    expect(await ids({ q: 'VDS' })).toEqual(['vds-1']);
    expectProblem(await as.get('/v1/plans').query({ color: 'red' }), 422);
  });
});
