import { pino } from 'pino';
import request, { type Agent } from 'supertest';
import { createApp } from '../../../src/app';
import { nodeOf } from '../../../src/store/database/nodes';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { cartOf, createPromotion, redeem } from '../../support/redeem';

describe('an order that another one of the customer overtakes', () => {
  const provider = 'north';
  const cart = cartOf('anna');
  let api: Api;
  let as: Agent;
  /** By so much the clock is ahead, and will be once facts are asked for. */
  let ahead = 0;
  let aheadAtFacts = 0;

  beforeAll(async () => {
    api = await startApi();
    await api.createProvider(provider);
    const app = createApp({
      db: api.db,
      log: pino({ level: 'silent' }),
      clock: () => Date.now() + ahead,
      config: { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 },
    });
    as = request.agent(app).set({ Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': provider });
    nodeOf(api.db, provider).client.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('read_facts')) ahead = aheadAtFacts;
    });
    const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' }, payments: 12 }];
    await createPromotion(as, { discounts });
  });
  afterAll(() => api.drop());

  /** What the other order grants begins after this one has, and is found by it. */
  async function overtaken() {
    const { id } = (await redeem(as, cartOf('berta'))).body;
    ahead = aheadAtFacts = 60_000;
    expect((await redeem(as, cart)).status).toBe(201);
    ahead = 0;
    aheadAtFacts = 120_000;
    return id;
  }

  test('is judged anew, by what the other one has granted', async () => {
    const replaced = await overtaken();
    expect((await redeem(as, cart, { expectedTotal: '90.00' })).body.quote?.totals.total).toBe('90.00');
    ahead = 0;
    await as.post(`/v1/redemptions/${replaced}/replace`).send({ quote: cart, expectedTotal: '90.00' }).expect(200);
  });

  test('is judged at the moment that it names', async () => {
    await overtaken();
    const at = new Date().toISOString();
    expect((await redeem(as, { ...cart, at })).body.quote.totals.total).toBe('100.00');
  });
});
