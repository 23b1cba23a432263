import fs from 'node:fs';
import path from 'node:path';
import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0-without-$id.json';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import type { Agent } from 'supertest';
import { formats } from '../src/http/contract/formats';
import { openApi } from '../src/http/contract/openapi';
import { schemaErrors } from '../src/http/contract/validate-body';
import { projectRoot } from '../src/project-root';
import { type Api, startApi } from './support/api';
import { likeRecorded } from './support/contract/recorded-answers';
import { cartOf } from './support/redeem';

const PROVIDER = 'north';

interface Event {
  id: string;
  type: string;
  data: object;
}

let api: Api;
let as: Agent;
let events: Event[];
beforeAll(async () => {
  api = await startApi();
  await api.createProvider(PROVIDER);
  as = api.with(await api.createKey(PROVIDER, 'secret'));
  await causeEverything();
  events = (await as.get('/v1/events?limit=200').expect(200)).body.items;
});
afterAll(() => api.drop());

const post = async (url: string, body?: object) => {
  const answer = await as.post(url).send(body);
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`);
  return answer.body;
};
const makeDue = () => api.db('due_events').update({ due_at: api.db.raw(`due_at - interval '200 years'`) });

/** An event of every type, in the order of the guide. */
async function causeEverything(): Promise<void> {
  const percent = { type: 'percent', percent: '10' };
  const spring = await post('/v1/promotions', {
    name: 'Spring',
    key: 'spring',
    startsAt: '2090-03-01T00:00:00Z',
    endsAt: '2090-06-01T00:00:00Z',
    discounts: [{ name: 'Ten percent', value: percent }],
  });
  await as.patch(`/v1/promotions/${spring.id}`).send({ priority: 1 }).expect(200);
  await makeDue();
  await as.get('/v1/events').expect(200);
  await as.patch(`/v1/promotions/${spring.id}`).send({ status: 'archived' }).expect(200);
  const launch = await post('/v1/promotions', {
    name: 'Launch',
    conditions: [{ type: 'promo_code' }],
    discounts: [{ name: 'Ten off', value: { type: 'amount_off', amounts: { EUR: '10.00' } } }],
    limits: { total: 1, budget: { EUR: '10.00' } },
  });
  await post(`/v1/promotions/${launch.id}/promo-codes`, { code: 'LAUNCH', maxRedemptions: 1 });
  const order = (orderId: string, fields: object = {}, more: object = {}) =>
    post('/v1/redemptions', {
      orderId,
      quote: cartOf('customer-42', { at: '2026-03-01T00:00:00Z', ...fields }),
      ...more,
    });
  await order('order-1001', { promoCodes: ['LAUNCH'] });
  const held = await order('order-1002', {}, { holdSeconds: 900 });
  await post(`/v1/redemptions/${held.id}/confirm`);
  const two = [{ id: 'line', serviceType: 'hosting', unitPrice: '50.00', quantity: 3 }];
  await post(`/v1/redemptions/${held.id}/replace`, { quote: cartOf('customer-42', { lines: two }) });
  await post(`/v1/redemptions/${held.id}/returns`, { lines: [{ lineId: 'line', quantity: 1 }] });
  const expired = await order('order-1003', {}, { holdSeconds: 900 });
  await api
    .db('redemptions')
    .where('id', expired.id)
    .update({ expires_at: new Date(0) });
  await as.get('/v1/events').expect(200);
  const kept = await post('/v1/promotions', {
    name: 'Welcome',
    limits: { perCustomer: 1 },
    discounts: [{ name: 'Two payments', value: percent, payments: 2 }],
  });
  const first = await order('order-1004');
  await order('order-1005');
  await post(`/v1/redemptions/${first.id}/cancel`);
  await post('/v1/grants', {
    customerId: 'customer-42',
    discountId: kept.discounts[0].id,
    endsAt: '2090-01-01T00:00:00Z',
  });
  await makeDue();
  const catalog = (await as.get('/v1/catalog').expect(200)).body;
  await as
    .put('/v1/catalog')
    .send({ ...catalog, tags: [...catalog.tags, { name: 'pro' }] })
    .expect(200);
}

const guide = fs.readFileSync(path.join(projectRoot, 'docs/events.md'), 'utf8');
const shown = [...guide.matchAll(/^### `([a-z_.]+)`\n[\s\S]+?^```json\n([\s\S]+?)^```/gm)].map(
  ([, type = '', example = '']): [string, Event] => [type, JSON.parse(example)],
);
const { enum: types } = openApi.components.schemas.EventType as { enum: string[] };

test('the guide shows an event of every type, and of no other', () => {
  expect(shown.map(([type]) => type).toSorted()).toEqual(types.toSorted());
});

test.each(shown)('%s is told as the guide shows it', (type, example) => {
  expect(example.type).toBe(type);
  expect(schemaErrors('FeedEvent', example)).toEqual([]);
  const told = events.find((event) => event.type === type);
  expect(told).toEqual(likeRecorded(example));
});

interface AsyncApi {
  channels: { webhook: { messages: object } };
  components: { schemas: object; messages: Record<string, { payload: object }> };
}

describe('/asyncapi.json', () => {
  let document: AsyncApi;
  beforeAll(async () => {
    document = (await api.http.get('/asyncapi.json').expect(200)).body;
  });

  test('/asyncapi.json is AsyncAPI 3.0, by its own schema', () => {
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(asyncApiSchema);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  test('/asyncapi.json has a message of every type, and no schema that none needs', () => {
    expect(Object.keys(document.channels.webhook.messages).toSorted()).toEqual(types.toSorted());
    const text = JSON.stringify(document);
    const needless = Object.keys(document.components.schemas).filter((name) => !text.includes(`/schemas/${name}"`));
    expect(needless).toEqual([]);
  });

  test('describes the events as they are sent: each is of its own message, and of no other', () => {
    const ajv = new Ajv2020({ strict: false, logger: false, formats: { ...formats } });
    ajv.addSchema({ $id: 'events', components: document.components });
    const ofType = (type: string) => ajv.compile({ $ref: `events#/components/messages/${type}/payload` });
    const validators = new Map(types.map((type) => [type, ofType(type)]));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types));
    for (const event of events) {
      const fitting = types.filter((type) => validators.get(type)?.(event));
      expect(fitting).toEqual([event.type]);
    }
  });
});
