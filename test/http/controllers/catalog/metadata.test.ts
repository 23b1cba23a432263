import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
  as = api.as(await api.createProvider('north'));
  await as.post('/v1/tags').send({ name: 'trial' }).expect(201);
  await as.post('/v1/tags').send({ name: 'paid' }).expect(201);
  await as.post('/v1/promotions').send({ name: 'Owner', key: 'owner' }).expect(201);
});
afterAll(() => api.drop());

const metadata = { costCentre: '4711', 'erp.id': 'A-1' };
const value = { type: 'percent', percent: '10' };

test.each([
  ['/v1/tags', { name: 'noted' }],
  ['/v1/plans', { id: 'noted', serviceType: 'vps' }],
  ['/v1/promotions', { name: 'Noted' }],
  ['/v1/discounts', { name: 'Noted', value }],
  ['/v1/related-products', { name: 'Noted', action: { function: 'order' } }],
  [
    '/v1/upgrade-paths',
    {
      name: 'Noted',
      texts: { en: { title: 'Up' } },
      sources: ['trial'],
      targets: ['paid'],
      transition: 'next_booking',
    },
  ],
  ['/v1/promotions/key:owner/promo-codes', { code: 'NOTED' }],
])('%s keeps metadata and returns it', async (path, fields) => {
  const { body } = await as
    .post(path)
    .send({ ...fields, metadata })
    .expect(201);
  expect(body.metadata).toEqual(metadata);
  const patched = await as
    .patch(`${path}/${body.id}`)
    .send({ metadata: { costCentre: null } })
    .expect(200);
  expect(patched.body.metadata).toEqual({ 'erp.id': 'A-1' });
  expect((await as.get(`${path}/${body.id}`).expect(200)).body.metadata).toEqual({ 'erp.id': 'A-1' });
});

test('a nested discount, the catalog document and the audit log have it', async () => {
  const { body } = await as
    .post('/v1/promotions')
    .send({ name: 'Deep', key: 'deep', metadata, discounts: [{ name: 'D', value, metadata }] })
    .expect(201);
  expect(body.discounts[0].metadata).toEqual(metadata);
  const document = (await as.get('/v1/catalog').expect(200)).body;
  const entry = document.promotions.find(({ key }: { key: string }) => key === 'deep');
  expect([entry.metadata, entry.discounts[0].metadata]).toEqual([metadata, metadata]);
  entry.metadata = { costCentre: '1' };
  const changes = (await as.put('/v1/catalog').send(document).expect(200)).body;
  expect(changes.changed).toMatchObject([{ type: 'promotion', key: 'deep' }]);
  const [last] = (await as.get(`/v1/audit-log?resourceId=${body.id}`).expect(200)).body.items;
  expect([last.before.metadata, last.after.metadata]).toEqual([metadata, { costCentre: '1' }]);
});

test('so have generated codes and redemptions', async () => {
  const { body } = await as
    .post('/v1/promotions/key:owner/promo-codes/generate')
    .send({ count: 2, metadata })
    .expect(201);
  expect(body.items.map((code: { metadata: object }) => code.metadata)).toEqual([metadata, metadata]);
  const quote = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'vps', unitPrice: '20.00' }] };
  const redeemed = await as.post('/v1/redemptions').send({ orderId: 'noted', quote, metadata }).expect(201);
  expect(redeemed.body.metadata).toEqual(metadata);
  expect((await as.get(`/v1/redemptions/${redeemed.body.id}`).expect(200)).body.metadata).toEqual(metadata);
});

test.each([
  [{ 'cost centre': 'x' }, '/metadata/cost centre'],
  [{ costCentre: 4711 }, '/metadata/costCentre'],
  [{ costCentre: 'x'.repeat(501) }, '/metadata/costCentre'],
  [Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`n${index}`, 'x'])), '/metadata'],
])('names and texts are checked: %#', async (wrong, pointer) => {
  const { errors } = expectProblem(await as.post('/v1/promotions').send({ name: 'Wrong', metadata: wrong }), 422);
  expect(errors).toMatchObject([{ pointer }]);
});
