import { type Api, startApi } from '../../../support/api';

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
});

afterAll(() => api.drop());

const cart = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'hosting', unitPrice: '20.00' }] };

test('the description of an unsaved related product is cleaned as when it is saved', async () => {
  const product = {
    name: 'Panel',
    action: { function: 'service.order' },
    descriptionHtml: { en: '<b>Easy</b><script>alert(1)</script>' },
  };
  const { body } = await api
    .as('north')
    .post('/v1/quote')
    .send({ ...cart, draft: { relatedProducts: [product] } })
    .expect(200);
  expect(body.offers).toMatchObject([{ descriptionHtml: '<b>Easy</b>' }]);
});

test('an unsaved rule that could not be saved is refused where it is wrong', async () => {
  const discount = { name: 'None', value: { type: 'percent', percent: '10' }, promotionId: 'missing' };
  const { body } = await api
    .as('north')
    .post('/v1/quote')
    .send({ ...cart, draft: { discounts: [discount] } })
    .expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/draft/discounts/0/promotionId', code: 'unknown_promotion' }]);
});

test.each([
  ['EURO', 'pattern'],
  ['', 'pattern'],
  ['ZZZ', 'format'],
])('the currency "%s" is one error', async (currency, code) => {
  const { body } = await api
    .as('north')
    .post('/v1/quote')
    .send({ ...cart, currency })
    .expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/currency', code }]);
});

test('transitions are choices, or the word that asks for offers', async () => {
  const pointersOf = async (transitions: unknown) => {
    const { body } = await api
      .as('north')
      .post('/v1/quote')
      .send({ ...cart, transitions });
    return (body.errors ?? []).map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);
  };
  expect(await pointersOf('offers')).toEqual([]);
  expect(await pointersOf([{ lineId: 'a', choice: 'swap' }, { choice: 'keep' }])).toEqual([
    '/transitions/0/choice enum',
    '/transitions/1/lineId required',
  ]);
  expect(await pointersOf('all')).toContain('/transitions enum');
  expect(await pointersOf([{ lineId: 'a', choice: 'convert' }])).toEqual([
    '/transitions/0/choice subscription_not_eligible',
  ]);
});
