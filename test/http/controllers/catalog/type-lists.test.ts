import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Agent } from 'supertest';
import { CONDITION_KINDS } from '../../../../src/engine/conditions';
import { VALUE_KINDS } from '../../../../src/engine/discount-values';
import { formats } from '../../../../src/http/contract/formats';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

interface TypeDescription {
  type: string;
  title: string;
  description: string;
  schema: object;
}

const vps = { serviceTypes: ['vps'] };
const year = { unit: 'year', length: 1 };

/** By type: parameters that are valid, and parameters that are not. */
const conditions: Record<Exclude<keyof typeof CONDITION_KINDS, 'custom'>, [valid: object, invalid: object]> = {
  promo_code: [{ group: 'either' }, { code: 'SPRING' }],
  paid_service_count: [
    { selector: vps, comparison: 'gte', count: 3 },
    { comparison: 'gte', count: 1.5 },
  ],
  service_count: [
    { comparison: 'eq', count: 0 },
    { comparison: 'eq', count: -1 },
  ],
  registration_age: [{ comparison: 'gt', period: year }, { comparison: 'gt' }],
  first_service_age: [
    { comparison: 'lt', period: { unit: 'day', length: 1 } },
    { comparison: 'lt', period: { unit: 'week', length: 1 } },
  ],
  purchase: [{ selector: vps, negate: true }, { negate: true }],
  expenses: [
    { comparison: 'gte', currency: 'EUR', amount: '100.00', period: year },
    { comparison: 'gte', currency: 'EUR', amount: 100, period: year },
  ],
  payments: [
    { comparison: 'gte', currency: 'EUR', amount: '100', period: year },
    { comparison: 'gte', currency: 'XXQ', amount: '100', period: year },
  ],
  cart_has_service: [{ selector: vps }, { selector: { serviceTypes: 'vps' } }],
  cart_lacks_service: [{ selector: { periods: [year] } }, { selector: { periods: ['P1Y'] } }],
  cart_quantity: [
    { comparison: 'gte', count: 5 },
    { comparison: 'at least', count: 5 },
  ],
  cart_total: [
    { comparison: 'gte', amounts: { EUR: '50.00', USD: '55.00' } },
    { comparison: 'gte', amounts: {} },
  ],
  new_customer: [{}, { group: '' }],
  order_count: [
    { comparison: 'eq', count: 2 },
    { comparison: 'eq', count: '2' },
  ],
  customer_group: [{ groups: ['resellers'] }, { groups: [] }],
  attribute: [
    { of: 'line', name: 'ram', selector: vps, comparison: 'gte', value: 16 },
    { of: 'line', name: 'ram size', values: [] },
  ],
  time_window: [{ weekdays: ['sat'], from: '22:00', to: '06:00' }, { from: '24:00' }],
};

const values: Record<Exclude<keyof typeof VALUE_KINDS, 'custom'>, [valid: object, invalid: object]> = {
  percent: [{ percent: '12.5', cap: { EUR: '20.00' } }, { percent: '100.01' }],
  amount_off: [{ amounts: { EUR: '5.00' } }, { amounts: { euro: '5.00' } }],
  set_price: [
    { quantity: 3, prices: { EUR: '10' } },
    { quantity: 1, prices: { EUR: '10' } },
  ],
  special_price: [{ prices: { JPY: '980' } }, { prices: { JPY: '-980' } }],
  tiered_percent: [
    { by: 'quantity', tiers: [{ from: 2, percent: '5' }] },
    { by: 'quantity', tiers: [] },
  ],
  tiered_amount_off: [
    { by: 'total', tiers: [{ from: { EUR: '50' }, amounts: { EUR: '5' } }] },
    { by: 'total', tiers: [{ amounts: { EUR: '5' } }] },
  ],
};

/** All but the one by which a rule names a type of the provider's. */
function builtIn(kinds: Record<string, { title: string }>) {
  return Object.entries(kinds).filter(([type]) => type !== 'custom');
}

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
  as = api.as(await api.createProvider('north'));
  await as.post('/v1/promotions').send({ name: 'Owner', key: 'owner' }).expect(201);
});
afterAll(() => api.drop());

async function listed(list: string): Promise<TypeDescription[]> {
  return (await as.get(`/v1/${list}`).expect(200)).body.items;
}

/** Whether a value is valid by a schema alone, without the rest of the published document. */
function isValid(schema: object, value: object): boolean {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  for (const [name, matches] of Object.entries(formats)) ajv.addFormat(name, matches);
  return ajv.validate(schema, value);
}

test.each([
  ['condition-types', CONDITION_KINDS],
  ['discount-types', VALUE_KINDS],
])('%s lists every built-in type with its words', async (list, kinds) => {
  expect(await listed(list)).toEqual(
    builtIn(kinds).map(([type, { title }]) => ({
      type,
      title,
      description: expect.stringMatching(/^[A-Z].{20,}\.$/),
      schema: expect.any(Object),
    })),
  );
});

test.each(
  Object.entries(conditions),
)('a condition %s is valid by its schema as it is when posted', async (type, pair) => {
  const { schema } = (await listed('condition-types')).find((item) => item.type === type) as TypeDescription;
  const post = (parameters: object) => as.post('/v1/promotions/key:owner/conditions').send({ type, ...parameters });
  const [valid, invalid] = pair;
  expect(isValid(schema, { type, ...valid })).toBe(true);
  await post(valid).expect(201);
  expect(isValid(schema, { type, ...invalid })).toBe(false);
  expectProblem(await post(invalid), 422, 'invalid_request');
  expect(isValid(schema, { ...valid, type: 'another' })).toBe(false);
});

test.each(Object.entries(values))('a value %s is valid by its schema as it is when posted', async (type, pair) => {
  const { schema } = (await listed('discount-types')).find((item) => item.type === type) as TypeDescription;
  const scope = type === 'set_price' ? 'order' : 'line';
  const post = (parameters: object) =>
    as.post('/v1/discounts').send({ name: type, scope, value: { type, ...parameters } });
  const [valid, invalid] = pair;
  expect(isValid(schema, { type, ...valid })).toBe(true);
  await post(valid).expect(201);
  expect(isValid(schema, { type, ...invalid })).toBe(false);
  expectProblem(await post(invalid), 422, 'invalid_request');
  expect(isValid(schema, { ...valid, type: 'another' })).toBe(false);
});

test('a form asks for parameters only, not for what the server makes', async () => {
  for (const { type, schema } of await listed('condition-types')) {
    const { properties, $defs } = schema as { properties: object; $defs?: object };
    const serverMade = ['id', 'version', 'createdAt', 'updatedAt'];
    expect({ type, serverMade: serverMade.filter((name) => name in properties) }).toEqual({ type, serverMade: [] });
    expect(isValid(schema, { type, id: 'mine' })).toBe(false);
    const references: string[] = JSON.stringify(schema).match(/"\$ref":"[^"]*"/g) ?? [];
    for (const reference of references) expect(reference).toMatch(/^"\$ref":"#\/\$defs\/\w+"$/);
    expect(Object.keys($defs ?? {}).every((name) => references.includes(`"$ref":"#/$defs/${name}"`))).toBe(true);
  }
});

test.each(['condition-types', 'discount-types'])('%s is for admin and secret keys', async (list) => {
  const path = `/v1/${list}`;
  const answer = (await as.get(path).expect(200)).body;
  expect((await api.admin.get(path).expect(200)).body).toEqual(answer);
  expect(
    (
      await api
        .with(await api.createKey('north', 'secret'))
        .get(path)
        .expect(200)
    ).body,
  ).toEqual(answer);
  expectProblem(await api.with(await api.createKey('north', 'publishable')).get(path), 403, 'forbidden');
  expectProblem(await api.http.get(path), 401, 'unauthorized');
  expectProblem(await api.with('unknown').get(path), 401, 'unauthorized');
  expectProblem(await as.put(path).send({}), 405, 'method_not_allowed');
});
