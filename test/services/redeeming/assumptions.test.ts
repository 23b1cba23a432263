import type { Express } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../src/app';
import { ProviderWatch } from '../../../src/services/caching/provider-watch';
import { Assumptions, isBorneOut } from '../../../src/services/redeeming/assumptions';
import { connect } from '../../../src/store/database/connection';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';

describe('what redemptions may assume', () => {
  const code = { code: 'spring', id: 'c', promotionId: 'p', version: 1, status: 'active' as const };
  const needed = { codes: ['spring'], rules: ['p'] };
  const facts = {
    codes: new Map([['spring', { ...code, redemptions: 3, customerRedemptions: 0 }]]),
    usage: new Map(),
    grants: [],
    redeeming: false,
  };
  const uses = [
    { kind: 'promotion' as const, subject: 'p', amount: '1' },
    { kind: 'code' as const, subject: 'c', amount: '1' },
  ];
  const judged = { needed, facts, entry: { uses } };
  let now = 0;
  const used = () => {
    const assumptions = new Assumptions(() => now);
    assumptions.confirm('north', judged);
    return assumptions;
  };

  test('is what was used a moment ago, as if it were not used up', () => {
    expect(used().factsFor('north', needed)?.codes.get('spring')).toEqual({
      ...code,
      redemptions: 0,
      customerRedemptions: 0,
    });
    expect(new Assumptions(() => now).factsFor('north', { codes: [], rules: [] })?.codes.size).toBe(0);
  });

  test.each([
    ['of another provider', 'south', needed],
    ['another code', 'north', { ...needed, codes: ['spring', 'autumn'] }],
    ['another rule', 'north', { ...needed, rules: ['p', 'q'] }],
    ['of a customer', 'north', { ...needed, customerId: 'ann' }],
    ['beside a redemption that is set aside', 'north', { ...needed, setAside: 'r' }],
  ])('is nothing %s', (_name, providerId, asked) => {
    expect(used().factsFor(providerId, asked)).toBeUndefined();
  });

  test('ends after a minute, and where it was wrong', () => {
    const assumptions = used();
    assumptions.drop('north', needed);
    expect(assumptions.factsFor('north', needed)).toBeUndefined();
    const old = used();
    now += 60_000;
    expect(old.factsFor('north', needed)).toBeUndefined();
  });

  test.each([
    ['all of it is counted', true, judged],
    ['a code is not counted', false, { ...judged, entry: { uses: uses.slice(0, 1) } }],
    ['a rule is not counted', false, { ...judged, entry: { uses: uses.slice(1) } }],
    ['there is a budget', false, { ...judged, entry: { uses: [...uses, { ...uses[0], kind: 'budget' as const }] } }],
    ['there is a customer', false, { ...judged, needed: { ...needed, customerId: 'ann' } }],
  ])('is borne out where %s: %s', (_name, isSo, one) => {
    expect(isBorneOut(one as typeof judged)).toBe(isSo);
  });
});

describe('a redemption that assumes too much', () => {
  const CART = {
    currency: 'EUR',
    lines: [{ id: 'a', serviceType: 'vps', plan: 'vps-1', unitPrice: '10.00' }],
    promoCodes: ['SPRING'],
  };
  let api: Api;
  let token: string;
  let promotion: string;
  let codePath: string;
  let stop: () => Promise<void>;
  /** Two processes, as it were: each remembers what it has seen. */
  let processes: Express[];
  let statements: string[];
  let orders = 0;

  beforeAll(async () => {
    api = await startApi();
    const db = connect(api.connectionString);
    db.client.on('query', ({ sql }: { sql: string }) => statements.push(sql));
    const log = pino({ level: 'silent' });
    const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 };
    const watch = new ProviderWatch(api.connectionString, log);
    await watch.start();
    const clock = () => Date.UTC(2026, 10, 21);
    processes = [1, 2].map(() => createApp({ db, log, clock, config, watch }));
    stop = async () => {
      await watch.stop();
      await db.destroy();
      await api.drop();
    };
  });
  afterAll(() => stop());

  beforeEach(async () => {
    orders += 1;
    const provider = `north-${orders}`;
    await api.createProvider(provider);
    token = await api.createKey(provider, 'secret');
    const made = await api
      .as(provider)
      .post('/v1/promotions')
      .send({
        name: 'Spring',
        limits: { total: 4 },
        conditions: [{ type: 'promo_code' }],
        discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
      })
      .expect(201);
    promotion = `/v1/promotions/${made.body.id}`;
    const code = await api
      .as(provider)
      .post(`${promotion}/promo-codes`)
      .send({ code: 'SPRING', maxRedemptions: 3 })
      .expect(201);
    codePath = `${promotion}/promo-codes/${code.body.id}`;
    statements = [];
  });

  async function redeem(process: number, cart: object = CART, more: object = {}) {
    statements = [];
    orders += 1;
    const answer = await request(processes[process] as Express)
      .post('/v1/redemptions')
      .set('Authorization', `Bearer ${token}`)
      .send({ orderId: `order ${orders}`, quote: cart, ...more });
    return answer.body;
  }
  const asked = () => statements.filter((sql) => /read_facts|record_redemptions/.test(sql)).length;
  const discountOf = ({ quote }: { quote: { totals: { discount: string } } }) => quote.totals.discount;

  test('asks once for the first, and not at all for the next', async () => {
    expect(discountOf(await redeem(0))).toBe('1.00');
    expect(asked()).toBe(2);
    expect(discountOf(await redeem(0))).toBe('1.00');
    expect(asked()).toBe(1);
  });

  test('gives nothing that another process has used up', async () => {
    expect(discountOf(await redeem(0))).toBe('1.00');
    expect(discountOf(await redeem(1))).toBe('1.00');
    expect(discountOf(await redeem(1))).toBe('1.00');
    const late = await redeem(0);
    expect(discountOf(late)).toBe('0.00');
    expect(late.quote.promoCodes).toMatchObject([{ code: 'SPRING', reason: 'promo_code_used_up' }]);
    // From now on the facts come first.
    await redeem(0);
    expect(statements.filter((sql) => sql.includes('record_redemptions'))).toHaveLength(1);
  });

  test('goes by a code and by rules that were written since', async () => {
    await redeem(0);
    const { body } = await request(processes[1] as Express)
      .get(codePath)
      .set('Authorization', `Bearer ${token}`)
      .expect(200);
    const write = (path: string, change: object) =>
      request(processes[1] as Express)
        .patch(path)
        .set('Authorization', `Bearer ${token}`)
        .send(change)
        .expect(200);
    expect(body.status).toBe('active');
    await write(codePath, { status: 'paused' });
    expect(discountOf(await redeem(0))).toBe('0.00');
    await write(codePath, { status: 'active' });
    expect(discountOf(await redeem(0))).toBe('1.00');
    await write(promotion, { status: 'paused' });
    expect(discountOf(await redeem(0))).toBe('0.00');
  });

  test('judges a total that is not the one shown by what is so', async () => {
    await redeem(0);
    await redeem(1);
    await redeem(1);
    expect((await redeem(0, CART, { expectedTotal: '10.00' })).status).toBe('confirmed');
    expect((await redeem(0, CART, { expectedTotal: '9.00' })).code).toBe('price_changed');
  });
});
