import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';

const LINE = { id: 'a', serviceType: 'hosting', unitPrice: '20.00' };

let api: Api;
let north: Agent;
let provider: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider(undefined, { settings: { maxOffers: 2 } });
  north = api.as(provider);
});

async function propose(line: object | undefined, fields: object = {}): Promise<string> {
  const product = { name: 'Domain', action: { function: 'add' }, line, ...fields };
  return (await north.post('/v1/related-products').send(product).expect(201)).body.id;
}
const domain = (fields = {}) => ({ serviceType: 'domain', unitPrices: { EUR: '12.00', USD: '13.00' }, ...fields });

async function quoted(fields: object = {}, agent: Agent = north) {
  const body = { currency: 'EUR', lines: [LINE], offerPrices: true, ...fields };
  return (await agent.post('/v1/quote').send(body).expect(200)).body;
}
const half = (fields: object) => ({ name: 'Half', value: { type: 'percent', percent: '50' }, ...fields });

describe('an offer with a price', () => {
  test('an offer with a price costs what its line would cost when it is added as it is shown', async () => {
    await north
      .post('/v1/discounts')
      .send(half({ selector: { plans: ['com'] }, charges: ['recurring', 'setup'] }))
      .expect(201);
    const id = await propose(
      domain({
        plan: 'com',
        planGroups: ['generic'],
        tags: ['yearly'],
        title: { en: 'Domain', de: 'Domain, de' },
        period: { unit: 'year', length: 1 },
        quantity: 3,
        setupFees: { EUR: '4.99' },
      }),
      { autoAdd: true },
    );
    const { offers, totals } = await quoted({ language: 'de' });
    const line = {
      id,
      action: 'order',
      serviceType: 'domain',
      plan: 'com',
      planGroups: ['generic'],
      tags: ['yearly'],
      title: 'Domain, de',
      period: { unit: 'year', length: 1 },
      quantity: 3,
      unitPrice: '12.00',
      setupFee: '4.99',
    };
    expect(offers).toEqual([
      {
        relatedProductId: id,
        action: { function: 'add' },
        sort: 0,
        autoAdd: true,
        price: { subtotal: '36.00', discount: '18.00', total: '18.00' },
        setup: { subtotal: '4.99', discount: '2.50', total: '2.49' },
        line,
      },
    ]);
    expect(totals.total).toBe('20.00');
    const added = await quoted({ lines: [LINE, line] });
    const { price, setup } = offers[0];
    expect(added.lines[1]).toMatchObject({ ...price, setup });
  });

  test('an offer with a price counts its line for thresholds, and each is added alone', async () => {
    const conditions = [{ type: 'cart_quantity', comparison: 'gte', count: 2 }];
    const ten = half({ name: 'Ten', value: { type: 'percent', percent: '10' } });
    await north
      .post('/v1/promotions')
      .send({ name: 'Two', conditions, discounts: [ten] })
      .expect(201);
    await propose(domain());
    await propose(domain({ serviceType: 'backup' }));
    const prices = async (fields: object) => (await quoted(fields)).offers.map(({ price }: { price: object }) => price);
    const tenOff = { subtotal: '12.00', discount: '1.20', total: '10.80' };
    expect(await prices({})).toEqual([tenOff, tenOff]);
    expect(await prices({ lines: [] })).toEqual([
      { subtotal: '12.00', discount: '0.00', total: '12.00' },
      { subtotal: '12.00', discount: '0.00', total: '12.00' },
    ]);
  });

  test('an offer with a price is one of those that are left when offers have been cut to the most of the provider', async () => {
    const last = await propose(domain(), { sort: 3 });
    const second = await propose(undefined, { sort: 2 });
    const first = await propose(domain(), { sort: 1 });
    const { offers } = await quoted();
    const ids = offers.map(({ relatedProductId }: { relatedProductId: string }) => relatedProductId);
    expect(ids).toEqual([first, second]);
    expect(ids).not.toContain(last);
    expect(offers[0].price.total).toBe('12.00');
  });

  test('an offer with a price has no price without a line, in another currency, and where no prices are asked for', async () => {
    await propose(domain({ setupFees: { USD: '1.00' } }), { sort: 1 });
    await propose(undefined, { sort: 2 });
    const bare = { autoAdd: false, action: { function: 'add' } };
    const { offers } = await quoted();
    expect(offers).toMatchObject([{ price: { total: '12.00' }, line: { unitPrice: '12.00' } }, bare]);
    for (const member of ['setup', 'price', 'line']) expect(offers[1]).not.toHaveProperty(member);
    expect(offers[0]).not.toHaveProperty('setup');
    expect((await quoted({ currency: 'USD' })).offers[0]).toMatchObject({ setup: { total: '1.00' } });
    for (const fields of [{ currency: 'JPY', lines: [] }, { offerPrices: false }, { offerPrices: undefined }]) {
      const [offer] = (await quoted(fields)).offers;
      expect(offer).toMatchObject(bare);
      for (const member of ['setup', 'price', 'line']) expect(offer).not.toHaveProperty(member);
    }
  });

  test('an offer with a price has the price with the codes that were entered, and is shown to a web page', async () => {
    const discounts = [half({ selector: { serviceTypes: ['domain'] } })];
    const promotion = { name: 'Codes', conditions: [{ type: 'promo_code' }], discounts };
    const { id } = (await north.post('/v1/promotions').send(promotion).expect(201)).body;
    await north.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'HALF' }).expect(201);
    await propose(domain(), { name: 'INTERNAL' });
    const visitor = api.with(await api.createKey(provider, 'publishable'));
    expect((await quoted({}, visitor)).offers).toMatchObject([{ price: { total: '12.00' } }]);
    const answer = await quoted({ promoCodes: ['half'] }, visitor);
    expect(answer.offers).toMatchObject([{ price: { total: '6.00' } }]);
    expect(JSON.stringify(answer)).not.toContain('INTERNAL');
  });
});

test('a line without prices, or with a bad one, is refused at its place', async () => {
  const send = (line: object) =>
    north.post('/v1/related-products').send({ name: 'Domain', action: { function: 'add' }, line });
  for (const [line, pointer] of [
    [{ serviceType: 'domain' }, '/line/unitPrices'],
    [domain({ unitPrices: {} }), '/line/unitPrices'],
    [domain({ unitPrices: { EUR: '-1.00' } }), '/line/unitPrices/EUR'],
    [domain({ quantity: 0 }), '/line/quantity'],
    [domain({ unitPrice: '1.00' }), '/line/unitPrice'],
  ] as const) {
    const { body } = await send(line).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  }
});
