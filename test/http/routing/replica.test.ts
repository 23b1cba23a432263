import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../src/app';
import { connect } from '../../../src/store/database/connection';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';

let primary: Api;
let replica: Api;
beforeAll(async () => {
  [primary, replica] = [await startApi(), await startApi()];
  for (const api of [primary, replica]) await api.createProvider('north');
  await primary.as('north').post('/v1/tags').send({ name: 'here' }).expect(201);
  await replica.as('north').post('/v1/tags').send({ name: 'there' }).expect(201);
});
afterAll(async () => {
  await primary.drop();
  await replica.drop();
});

test('lists, exports and the audit log are read from the replica, and from the primary where that is away', async () => {
  const readDb = connect(replica.connectionString);
  const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 0, rulebookCacheMb: 64 };
  const app = createApp({ db: primary.db, readDb, log: pino({ level: 'silent' }), clock: Date.now, config });
  const as = request.agent(app).set({ Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' });
  const names = async (path: string): Promise<string[]> => {
    const { body } = await as.get(path).expect(200);
    return (body.items ?? body.tags).map(({ name }: { name: string }) => name);
  };
  for (const path of ['/v1/tags', '/v1/catalog']) expect(await names(path)).toEqual(['there']);
  expect(await names('/v1/audit-log?resourceType=tag')).toEqual(['there']);
  // What follows a write, or decides something, is read where it was written.
  const { id } = (await as.post('/v1/tags').send({ name: 'new' }).expect(201)).body;
  await as.get(`/v1/tags/${id}`).expect(200);
  await replica.disconnect();
  expect(await names('/v1/tags')).toEqual(['here', 'new']);
  expect(await names('/v1/catalog')).toEqual(['here', 'new']);
  await readDb.destroy();
});
