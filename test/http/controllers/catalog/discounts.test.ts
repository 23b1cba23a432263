import type { Agent, Response } from 'supertest';
import type { FieldError } from '../../../../src/engine/vocabulary/problem';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { leaveRedemption } from '../../../support/redemption';
import { behavesAsResource } from '../../../support/resource';

const percent = { type: 'percent', percent: '12.5' };

describe('global discounts', () => {
  behavesAsResource({
    path: '/v1/discounts',
    body: (n) => ({
      name: `Partners ${n}`,
      key: `partners-${n}`,
      note: 'Ours',
      value: { type: 'percent', percent: '10', cap: { EUR: '5.00' } },
      scope: 'order',
      selector: {
        serviceTypes: ['vds'],
        periods: [{ unit: 'year', length: 1 }],
        exclude: { plans: ['vds-promo'], tags: ['sale'] },
        unitPrice: { from: { EUR: '1.00' }, below: { EUR: '99.00' } },
      },
      maxUnits: 2,
      unitOrder: 'dearest_first',
      buy: { selector: { exclude: { actions: ['renewal'] } }, quantity: 3, repeat: true, maxRepeats: 5 },
      charges: ['setup', 'recurring'],
      recipients: { groups: ['partners'] },
      priority: -1,
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2027-01-01T00:00:00Z',
      validity: { unit: 'month', length: 2 },
      coverage: 'until_end',
      status: 'paused',
    }),
    answer: (n) => ({
      name: `Partners ${n}`,
      key: `partners-${n}`,
      note: 'Ours',
      value: { type: 'percent', percent: '10', cap: { EUR: '5.00' } },
      scope: 'order',
      selector: {
        serviceTypes: ['vds'],
        periods: [{ unit: 'year', length: 1 }],
        exclude: { plans: ['vds-promo'], tags: ['sale'] },
        unitPrice: { from: { EUR: '1.00' }, below: { EUR: '99.00' } },
      },
      maxUnits: 2,
      unitOrder: 'dearest_first',
      buy: { selector: { exclude: { actions: ['renewal'] } }, quantity: 3, repeat: true, maxRepeats: 5 },
      charges: ['setup', 'recurring'],
      recipients: { groups: ['partners'] },
      priority: -1,
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2027-01-01T00:00:00Z',
      validity: { unit: 'month', length: 2 },
      coverage: 'until_end',
      status: 'paused',
      conditions: [],
    }),
    patch: {
      body: { value: { percent: '20', cap: null }, buy: null, priority: null },
      changes: { value: { type: 'percent', percent: '20' }, buy: undefined, priority: undefined },
    },
    invalid: {
      body: { name: 'A', value: { type: 'tiered_percent', by: 'quantity', tiers: [] }, scope: 'cart', maxUnits: 0 },
      pointers: ['/maxUnits', '/scope', '/value/tiers'],
    },
    taken: 'key_taken',
  });
});

describe('discounts of a promotion', () => {
  let api: Api;
  let as: Agent;
  let promotionId: string;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('redemptions').delete();
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
    promotionId = (await as.post('/v1/promotions').send({ name: 'Summer', key: 'summer' }).expect(201)).body.id;
  });
  const promotion = async () => (await as.get(`/v1/promotions/${promotionId}`).expect(200)).body;
  const add = async (body: object) =>
    (
      await as
        .post('/v1/discounts')
        .send({ value: percent, ...body })
        .expect(201)
    ).body;
  const names = async (query: object) =>
    (await as.get('/v1/discounts').query(query).expect(200)).body.items.map(({ name }: { name: string }) => name);

  test('created at the end of the promotion, which gets a new version each time', async () => {
    const first = await add({ name: 'First', promotionId });
    const second = await add({ name: 'Second', promotionId });
    expect(await promotion()).toMatchObject({ version: 3, discounts: [first, second] });
    await as.patch(`/v1/discounts/${first.id}`).send({ note: 'Changed' }).expect(200);
    await as.delete(`/v1/discounts/${second.id}`).expect(204);
    expect(await promotion()).toMatchObject({ version: 5, discounts: [{ id: first.id, version: 2 }] });
  });

  test('a promotion that does not exist, or is another provider’s, is pointed at', async () => {
    const south = api.as(await api.createProvider('south'));
    for (const [agent, id] of [[as, 'nobody'] as const, [south, promotionId] as const]) {
      const answer = await agent.post('/v1/discounts').send({ name: 'A', value: percent, promotionId: id });
      expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer: '/promotionId', code: 'unknown_promotion' }]);
    }
    const { id } = await add({ name: 'A', promotionId });
    const moved = await as.patch(`/v1/discounts/${id}`).send({ promotionId: 'nobody' });
    expect(expectProblem(moved, 422).errors).toMatchObject([{ pointer: '/promotionId' }]);
  });

  test('it stays in its promotion unless told to move', async () => {
    const { id } = await add({ name: 'A', promotionId });
    const replaced = await as.put(`/v1/discounts/${id}`).send({ name: 'B', value: percent }).expect(200);
    expect(replaced.body.promotionId).toBe(promotionId);
    const patched = await as.patch(`/v1/discounts/${id}`).send({ promotionId: null }).expect(200);
    expect(patched.body.promotionId).toBe(promotionId);
    const other = (await as.post('/v1/promotions').send({ name: 'Other', discounts: [{ name: 'O', value: percent }] }))
      .body;
    await as.patch(`/v1/discounts/${id}`).send({ promotionId: other.id }).expect(200);
    expect((await promotion()).discounts).toEqual([]);
    const { body } = await as.get(`/v1/promotions/${other.id}`).expect(200);
    expect(body).toMatchObject({ version: 2, discounts: [{ name: 'O' }, { id, version: 4 }] });
  });

  test('listed by promotion, global or not, status and part of the name', async () => {
    await add({ name: 'Of summer', promotionId });
    await add({ name: 'For partners', status: 'draft' });
    await add({ name: 'For everybody' });
    expect(await names({ promotionId })).toEqual(['Of summer']);
    expect(await names({ promotionId: 'key:summer' })).toEqual(['Of summer']);
    expect(await names({ promotionId: 'nobody' })).toEqual([]);
    expect(await names({ global: true })).toEqual(['For partners', 'For everybody']);
    expect(await names({ global: false })).toEqual(['Of summer']);
    expect(await names({ status: 'draft' })).toEqual(['For partners']);
    expect(await names({ q: 'FOR' })).toEqual(['For partners', 'For everybody']);
    expectProblem(await as.get('/v1/discounts').query({ global: 'perhaps' }), 422);
  });

  test('a global discount that has been redeemed can be archived, not removed', async () => {
    const { id } = await add({ name: 'Global' });
    await leaveRedemption(api.db, 'north', { kind: 'promotion', subject: id });
    expectProblem(await as.delete(`/v1/discounts/${id}`), 409, 'discount_redeemed');
    await as.patch(`/v1/discounts/${id}`).send({ status: 'archived' }).expect(200);
  });

  test('writers of a promotion and of its discounts do not lose each other’s changes', async () => {
    const { id } = await add({ name: 'A', promotionId });
    const answers = await Promise.all([
      as.patch(`/v1/promotions/${promotionId}`).send({ note: 'Ours' }),
      as.patch(`/v1/discounts/${id}`).send({ note: 'Also ours' }),
      as.post('/v1/discounts').send({ name: 'B', value: percent, promotionId }),
      as.post(`/v1/promotions/${promotionId}/conditions`).send({ type: 'promo_code' }),
      as.post(`/v1/discounts/${id}/conditions`).send({ type: 'new_customer' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201, 201, 201]);
    const saved = await promotion();
    expect(saved).toMatchObject({ note: 'Ours', conditions: [{ type: 'promo_code' }], version: 7 });
    expect(saved.discounts).toHaveLength(2);
    expect(saved.discounts[0]).toMatchObject({ note: 'Also ours', conditions: [{ type: 'new_customer' }] });
  });

  test('one by one a promotion gets no more discounts than in one piece', async () => {
    const discounts = Array.from({ length: 200 }, (_, index) => ({ name: `D${index}`, value: percent }));
    const { id } = (await as.post('/v1/promotions').send({ name: 'Full', discounts }).expect(201)).body;
    const one = { name: 'One more', value: percent };
    const refused = expectProblem(await as.post('/v1/discounts').send({ ...one, promotionId: id }), 422);
    expect(refused.errors).toMatchObject([{ pointer: '/promotionId', code: 'max_items' }]);
    await as
      .patch(`/v1/promotions/${id}`)
      .send({ discounts: discounts.slice(1) })
      .expect(200);
    await as
      .post('/v1/discounts')
      .send({ ...one, promotionId: id })
      .expect(201);
  });

  test('a price for sets is for the order, and of at least two units', async () => {
    const sets = { name: 'Sets', value: { type: 'set_price', quantity: 3, prices: { EUR: '10.00' } }, scope: 'order' };
    const pointers = (answer: Response) =>
      (expectProblem(answer, 422).errors as FieldError[]).map((one) => one.pointer);
    expect(pointers(await as.post('/v1/discounts').send({ ...sets, scope: 'line' }))).toEqual(['/scope']);
    const pair = { ...sets, value: { ...sets.value, quantity: 1 } };
    expect(pointers(await as.post('/v1/discounts').send(pair))).toEqual(['/value/quantity']);
    const { id } = await add(sets);
    expect(pointers(await as.patch(`/v1/discounts/${id}`).send({ scope: 'unit' }))).toEqual(['/scope']);
    expect(pointers(await as.patch(`/v1/discounts/${id}`).send({ unitOrder: 'cheapest_first' }))).toEqual([
      '/unitOrder',
    ]);
  });
});
