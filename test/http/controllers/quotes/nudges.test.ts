import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';

const LINE = { id: 'a', serviceType: 'hosting', unitPrice: '36.00' };
const AT = '2030-06-12T10:00:00Z';

let api: Api;
let north: Agent;
let provider: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider();
  north = api.as(provider);
});

const percent = (value: string, fields = {}) => ({ name: 'D', value: { type: 'percent', percent: value }, ...fields });
const from40 = { type: 'cart_total', comparison: 'gte', amounts: { EUR: '40.00', JPY: '4000' } };

async function advertise(fields: object = {}): Promise<string> {
  const promotion = { name: 'P', advertise: true, conditions: [from40], discounts: [percent('10')], ...fields };
  return (await north.post('/v1/promotions').send(promotion).expect(201)).body.id;
}

async function quoted(fields: object = {}, agent: Agent = north) {
  const at = agent === north ? AT : undefined;
  const body = { currency: 'EUR', at, lines: [LINE], nudges: 10, ...fields };
  return (await agent.post('/v1/quote').send(body).expect(200)).body;
}

describe('a nudge', () => {
  test('a nudge tells what is missing of a total, in the digits of the currency, and changes no price', async () => {
    const promotionId = await advertise({ title: { en: 'From 40', de: 'Ab 40' } });
    const missing = { type: 'cart_total', amount: '4.00' };
    const { totals, nudges } = await quoted({ language: 'de-AT' });
    expect(totals.total).toBe('36.00');
    expect(nudges).toEqual([{ promotionId, title: 'Ab 40', missing, saving: '3.60', total: '32.40' }]);
    const yen = await quoted({ currency: 'JPY', lines: [{ ...LINE, unitPrice: '3999' }] });
    expect(yen.nudges).toMatchObject([{ missing: { amount: '1' }, saving: '400', total: '3599' }]);
  });

  test.each([
    ['cart_quantity', { comparison: 'gte', count: 3 }, {}, { count: 2 }],
    ['cart_quantity', { comparison: 'eq', count: 2 }, {}, { count: 1 }],
    ['cart_quantity', { comparison: 'gte', count: 2, selector: { serviceTypes: ['domain'] } }, {}, { count: 2 }],
    ['cart_total', { comparison: 'eq', amounts: { EUR: '36.01' } }, {}, { amount: '0.01' }],
    ['order_count', { comparison: 'gte', count: 5 }, { customer: { orderCount: 3 } }, { count: 2 }],
    ['cart_has_service', { selector: { serviceTypes: ['domain'] } }, {}, { count: 1 }],
  ])('a nudge is told of %s %j', async (type, parameters, request, missing) => {
    await advertise({ conditions: [{ type, ...parameters }] });
    expect((await quoted(request)).nudges).toMatchObject([{ missing: { type, ...missing } }]);
  });

  test.each([
    ['has to be exceeded', { ...from40, comparison: 'gt' }],
    ['is a most', { ...from40, comparison: 'lte', amounts: { EUR: '30.00' } }],
    ['is passed', { ...from40, comparison: 'eq', amounts: { EUR: '30.00' } }],
    ['is negated', { type: 'cart_lacks_service', selector: { serviceTypes: ['domain'] }, negate: true }],
    ['stands in a group', { ...from40, group: 'g' }],
    ['lacks its fact', { type: 'order_count', comparison: 'gte', count: 1 }],
    ['has no amount in the currency', { ...from40, amounts: { USD: '40.00' } }],
    ['counts services of the customer', { type: 'service_count', comparison: 'gte', count: 1 }],
  ])('a nudge is not told of a condition that %s', async (_what, condition) => {
    await advertise({ conditions: [condition] });
    expect((await quoted()).nudges).toEqual([]);
  });

  test('a nudge is told of conditions of the promotion alone, one of which is unmet, where it is advertised and holds', async () => {
    await advertise({ advertise: false });
    await advertise({ status: 'paused' });
    await advertise({ endsAt: AT });
    await advertise({ conditions: [from40, { type: 'cart_quantity', comparison: 'gte', count: 2 }] });
    await advertise({ conditions: [], discounts: [percent('10', { conditions: [from40] })] });
    await advertise({ plans: ['vps-m'] });
    await advertise({ discounts: [percent('10', { selector: { serviceTypes: ['vps'] } })] });
    expect((await quoted()).nudges).toEqual([]);
    expect(await quoted({ nudges: undefined })).not.toHaveProperty('nudges');
  });

  test('a nudge is not told of a promotion that would save nothing beside what applies', async () => {
    await north.post('/v1/discounts').send(percent('10')).expect(201);
    await advertise();
    expect((await quoted()).nudges).toEqual([]);
  });

  test('a nudge is told as long as the limits of the promotion hold', async () => {
    await advertise({ limits: { perCustomer: 1, total: 2, budget: { EUR: '10.00' } } });
    await advertise({ limits: { budget: { EUR: '3.59' } } });
    const nudges = async (id: string) => (await quoted({ customer: { id } })).nudges.length;
    expect([await nudges('ann'), await nudges('bob')]).toEqual([1, 1]);
    const redeem = (id: string) => {
      const quote = { currency: 'EUR', at: AT, customer: { id }, lines: [{ ...LINE, unitPrice: '40.00' }] };
      return north.post('/v1/redemptions').send({ orderId: id, quote }).expect(201);
    };
    await redeem('ann');
    expect([await nudges('ann'), await nudges('bob')]).toEqual([0, 1]);
    await redeem('bob');
    expect(await nudges('eve')).toBe(0);
  });

  test('a nudge comes before one with a smaller saving, of lower priority, of a younger promotion', async () => {
    const older = await advertise();
    const younger = await advertise();
    const first = await advertise({ priority: 1 });
    const most = await advertise({ discounts: [percent('20')] });
    const told = async (nudges: number) =>
      (await quoted({ nudges })).nudges.map(({ promotionId }: { promotionId: string }) => promotionId);
    expect(await told(10)).toEqual([most, first, older, younger]);
    expect(await told(2)).toEqual([most, first]);
  });

  test('a nudge is told to a web page, with the number of orders that it sent', async () => {
    const conditions = [{ type: 'order_count', comparison: 'gte', count: 2 }];
    const promotionId = await advertise({ name: 'INTERNAL', conditions });
    const visitor = api.with(await api.createKey(provider, 'publishable'));
    const answer = await quoted({ customer: { orderCount: 1 } }, visitor);
    const missing = { type: 'order_count', count: 1 };
    expect(answer.nudges).toEqual([{ promotionId, missing, saving: '3.60', total: '32.40' }]);
    expect(JSON.stringify(answer)).not.toContain('INTERNAL');
  });

  test.each([0, 11, 1.5, '3', true])('a nudge cannot be asked for %j times', async (nudges) => {
    const body = { currency: 'EUR', lines: [LINE], nudges };
    const answer = await north.post('/v1/quote').send(body).expect(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/nudges' }]);
  });
});
