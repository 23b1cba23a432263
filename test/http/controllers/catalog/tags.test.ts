import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { behavesAsResource } from '../../../support/resource';

describe('tags', () => {
  behavesAsResource({
    path: '/v1/tags',
    body: (n) => ({ name: `tag ${n}`, key: `key-${n}`, description: `Number ${n}` }),
    answer: (n) => ({ name: `tag ${n}`, key: `key-${n}`, description: `Number ${n}` }),
    patch: { body: { description: 'Other words' }, changes: { description: 'Other words' } },
    invalid: { body: { name: '', key: 'no spaces', surprise: 1 }, pointers: ['/key', '/name', '/surprise'] },
    taken: 'name_taken',
  });
});

describe('tags in use', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
    for (const name of ['monthly', 'yearly', 'spare']) {
      await as.post('/v1/tags').send({ name, key: name }).expect(201);
    }
    const path = { name: 'Go yearly', key: 'go', texts: { en: { title: 'Go' } }, transition: 'next_booking' };
    await as
      .post('/v1/upgrade-paths')
      .send({ ...path, sources: ['monthly'], targets: ['yearly'] })
      .expect(201);
    await as
      .post('/v1/plans')
      .send({ id: 'vds-1', serviceType: 'vds', tags: ['monthly'] })
      .expect(201);
  });

  test('a tag in use stays, and the refusal names its users', async () => {
    const { detail } = expectProblem(await as.delete('/v1/tags/key:monthly'), 409, 'tag_in_use');
    expect(detail).toContain('plan "vds-1"');
    expect(detail).toContain('upgrade path "Go yearly"');
    expect(expectProblem(await as.delete('/v1/tags/key:yearly'), 409, 'tag_in_use').detail).not.toContain('vds-1');
    await as.get('/v1/tags/key:monthly').expect(200);
    await as.delete('/v1/tags/key:spare').expect(204);
  });

  test('a refusal that would name users at too great length is cut', async () => {
    for (let index = 0; index < 12; index++) {
      const id = `${index}`.padEnd(200, 'x');
      await as
        .post('/v1/plans')
        .send({ id, serviceType: 'vds', tags: ['spare'] })
        .expect(201);
    }
    const { detail } = expectProblem(await as.delete('/v1/tags/key:spare'), 409, 'tag_in_use');
    expect(detail).toMatch(/^The tag "spare" is used by plan "0x+", plan "10x+".+…$/);
    expect(detail).toHaveLength(2_100);
  });

  test('a tag in use keeps its name, but may be described', async () => {
    expectProblem(await as.patch('/v1/tags/key:monthly').send({ name: 'weekly' }), 409, 'tag_in_use');
    await as.patch('/v1/tags/key:monthly').send({ description: 'Paid each month' }).expect(200);
    await as.patch('/v1/tags/key:spare').send({ name: 'weekly' }).expect(200);
  });

  test('a tag is free again when its users are gone', async () => {
    await as.delete('/v1/upgrade-paths/key:go').expect(204);
    await as.delete('/v1/tags/key:yearly').expect(204);
    expectProblem(await as.delete('/v1/tags/key:monthly'), 409, 'tag_in_use');
    await as.delete('/v1/plans/vds-1').expect(204);
    await as.delete('/v1/tags/key:monthly').expect(204);
  });

  test('found by a part of the name, in any case, without wildcards', async () => {
    const names = async (q: string) =>
      (await as.get('/v1/tags').query({ q }).expect(200)).body.items.map(({ name }: { name: string }) => name);
    expect(await names('LY')).toEqual(['monthly', 'yearly']);
    expect(await names('%')).toEqual([]);
    expect(await names('_')).toEqual([]);
  });

  test('a taken key is refused', async () => {
    expectProblem(await as.post('/v1/tags').send({ name: 'other', key: 'spare' }), 409, 'key_taken');
  });
});
