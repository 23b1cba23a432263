import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { behavesAsResource } from '../../../support/resource';

const action = { function: 'service.order', parameters: { plan: 'ssl-1', nested: { deep: [1, true, 'x'] } } };

const line = {
  serviceType: 'ssl',
  plan: 'ssl-1',
  planGroups: ['secure'],
  tags: ['yearly'],
  title: { en: 'A certificate', de: 'Ein Zertifikat' },
  period: { unit: 'year', length: 1 },
  quantity: 2,
  unitPrices: { EUR: '9.90', USD: '10.90' },
  setupFees: { EUR: '1.00' },
};

describe('related products', () => {
  behavesAsResource({
    path: '/v1/related-products',
    body: (n) => ({
      name: `SSL ${n}`,
      key: `ssl-${n}`,
      title: { en: 'A certificate' },
      language: 'de-AT',
      action,
      descriptionHtml: { en: '<p>Safe</p>' },
      imageUrl: 'https://example.com/ssl.png',
      line,
      autoAdd: true,
      sort: n,
    }),
    answer: (n) => ({
      name: `SSL ${n}`,
      key: `ssl-${n}`,
      title: { en: 'A certificate' },
      language: 'de-AT',
      action,
      descriptionHtml: { en: '<p>Safe</p>' },
      imageUrl: 'https://example.com/ssl.png',
      line,
      autoAdd: true,
      sort: n,
      status: 'active',
      conditions: [],
    }),
    patch: {
      body: { action: { parameters: { plan: null } }, language: null, descriptionHtml: { ru: '<b>Да</b>' } },
      changes: {
        action: { function: 'service.order', parameters: { nested: { deep: [1, true, 'x'] } } },
        language: undefined,
        descriptionHtml: { en: '<p>Safe</p>', ru: '<b>Да</b>' },
      },
    },
    invalid: {
      body: {
        name: 'A',
        action: {},
        line: { serviceType: 'ssl' },
        imageUrl: 'javascript:alert(1)',
        descriptionHtml: { '': 'x' },
        sort: 1.5,
      },
      pointers: ['/action/function', '/descriptionHtml/', '/imageUrl', '/line/unitPrices', '/sort'],
    },
    taken: 'key_taken',
  });
});

describe('related products in particular', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
    as = api.as(await api.createProvider('north'));
  });
  afterAll(() => api.drop());

  test.each([
    ['<p onclick="steal()">Hello <script>steal()</script><b>you</b></p>', '<p>Hello <b>you</b></p>'],
    [
      '<img src="x" onerror="steal()"><img src="https://example.com/a.png" alt="A">',
      '<img src="x" /><img src="https://example.com/a.png" alt="A" />',
    ],
    ['<a href="javascript:steal()">one</a>', '<a rel="noopener noreferrer">one</a>'],
    ['<a href="https://example.com">two</a>', '<a href="https://example.com" rel="noopener noreferrer">two</a>'],
    ['<iframe src="https://example.com"></iframe><form><input></form><style>p{}</style>rest', 'rest'],
    ['<ul><li style="position:fixed">item</li></ul>', '<ul><li>item</li></ul>'],
  ])('%s is saved as %s', async (html, saved) => {
    const body = { name: 'A', action, descriptionHtml: { en: html } };
    const created = await as.post('/v1/related-products').send(body).expect(201);
    expect(created.body.descriptionHtml.en).toBe(saved);
    const patched = await as
      .patch(`/v1/related-products/${created.body.id}`)
      .send({ descriptionHtml: { de: html } })
      .expect(200);
    expect(patched.body.descriptionHtml).toEqual({ en: saved, de: saved });
  });

  test('listed by status and part of the name, conditions included', async () => {
    const conditions = [{ type: 'cart_has_service', selector: { serviceTypes: ['vds'] } }];
    const domain = (await as.post('/v1/related-products').send({ name: 'A domain', action, conditions }).expect(201))
      .body;
    await as.post('/v1/related-products').send({ name: 'Old domain', action, status: 'archived' }).expect(201);
    const list = async (query: object) => (await as.get('/v1/related-products').query(query).expect(200)).body.items;
    expect(await list({ q: 'DOMAIN', status: 'active' })).toEqual([domain]);
    expect(domain.conditions).toMatchObject(conditions);
    expect(await list({ status: 'archived' })).toMatchObject([{ name: 'Old domain' }]);
  });

  test('created with its conditions or not at all', async () => {
    const conditions = [{ type: 'promo_code' }, { type: 'time_window' }];
    const before = (await as.get('/v1/related-products').query({ limit: 200 })).body.items.length;
    const { errors } = expectProblem(
      await as.post('/v1/related-products').send({ name: 'A', action, conditions }),
      422,
    );
    expect(errors).toMatchObject([{ pointer: '/conditions/1' }]);
    expect((await as.get('/v1/related-products').query({ limit: 200 })).body.items).toHaveLength(before);
  });
});
