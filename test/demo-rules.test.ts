import fs from 'node:fs';
import path from 'node:path';
import { type DemoKeys, loadDemo } from '../src/demo';
import type { CartLine } from '../src/engine/cart/cart';
import type { Forecast } from '../src/engine/forecast/answer';
import type { Quote } from '../src/engine/quote/answer';
import type { QuoteRequest } from '../src/engine/quote/quote-request';
import { projectRoot } from '../src/project-root';
import { ADMIN_KEY, type Api, startApi } from './support/api';

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), 'utf8');
const example = <T = QuoteRequest>(file: string) => JSON.parse(read(`examples/${file}.json`)) as T;

let api: Api;
let keys: DemoKeys;

/** Every test of a group sees one database with the demo in it. */
function withDemo(): void {
  beforeAll(async () => {
    api = await startApi();
    keys = (await loadDemo(api.db, ADMIN_KEY)) as DemoKeys;
  });
  afterAll(() => api.drop());
}

async function quoted(request: object, key: string = keys.secret): Promise<Quote> {
  return (await api.with(key).post('/v1/quote').send(request).expect(200)).body;
}

describe('the rules of the demo, one by one', () => {
  withDemo();
  const year = { unit: 'year', length: 1 } as const;
  const month = { unit: 'month', length: 1 } as const;
  const vps = (quantity: number): CartLine => ({
    id: 'servers',
    serviceType: 'vps',
    plan: 'vps-m',
    period: month,
    quantity,
    unitPrice: '18.00',
  });
  const hosting: CartLine = { id: 'web', serviceType: 'web-hosting', period: month, unitPrice: '14.50' };
  const server: CartLine = { id: 'server', serviceType: 'dedicated', period: year, unitPrice: '2000.00' };
  const renewal: CartLine = {
    ...server,
    plan: 'dedicated-s',
    action: 'renewal',
    unitPrice: '1080.00',
  };

  test.each<[string, CartLine[], Partial<QuoteRequest>, string[]]>([
    ['4 servers at 18.00 are below the first tier', [vps(4)], {}, ['72.00', '0.00', '72.00']],
    ['5 servers are 5 % off: 4.50 of 90.00', [vps(5)], {}, ['90.00', '4.50', '85.50']],
    ['10 servers are 10 % off: 18.00 of 180.00', [vps(10)], {}, ['180.00', '18.00', '162.00']],
    [
      'a reseller gets 20 %: 3.60 of 18.00',
      [vps(1)],
      { customer: { groups: ['reseller'] } },
      ['18.00', '3.60', '14.40'],
    ],
    [
      'a loyal customer gets 5 %: 0.725 of 14.50, rounded up to 0.73',
      [hosting],
      { customer: { groups: ['loyal'] } },
      ['14.50', '0.73', '13.77'],
    ],
    [
      'who registered two years ago to the second is not loyal yet',
      [hosting],
      { customer: { registeredAt: '2024-04-15T10:00:00+02:00' } },
      ['14.50', '0.00', '14.50'],
    ],
    [
      'who registered a second earlier is',
      [hosting],
      { customer: { registeredAt: '2024-04-15T09:59:59+02:00' } },
      ['14.50', '0.73', '13.77'],
    ],
    [
      'spring is never more than 250.00: of 2000.00 not 300.00, and 20.00 for the large order',
      [server],
      { promoCodes: ['spring15'] },
      ['2000.00', '270.00', '1730.00'],
    ],
    [
      'the renewal costs 899.00 instead of 1080.00, and 20.00 less as a large order',
      [renewal],
      {},
      ['1080.00', '201.00', '879.00'],
    ],
  ])('%s', async (_sentence, lines, request, [subtotal, discount, total]) => {
    const { totals } = await quoted({ currency: 'EUR', at: '2026-04-15T10:00:00+02:00', lines, ...request });
    expect(totals).toMatchObject({ subtotal, discount, total });
  });

  test('a first order from a web page: 14.50 off the hosting, the domain free, the setup fee waived', async () => {
    const { totals, lines, discounts } = await quoted(example('quote-storefront'), keys.publishable);
    expect(totals).toMatchObject({ subtotal: '356.00', discount: '45.50', total: '310.50' });
    expect(discounts.map(({ title, name, amount }) => [title, name, amount])).toEqual([
      ['Willkommen: 10 % auf Webhosting', undefined, '14.50'],
      ['Ihre Domain ist kostenlos', undefined, '12.00'],
      ['Keine Einrichtungsgebühr für ein Jahr', undefined, '19.00'],
    ]);
    expect(lines[2]?.setup).toMatchObject({ subtotal: '19.00', discount: '19.00', total: '0.00' });
  });

  test('half of the first three months, and of no more', async () => {
    const period = { unit: 'month', length: 1 };
    const line = {
      id: 'server',
      serviceType: 'vps',
      plan: 'vps-m',
      period,
      unitPrice: '24.00',
      serviceId: 'server-1',
    };
    const quote = { currency: 'EUR', promoCodes: ['THREE-MONTHS'], customer: { id: 'customer-12' }, lines: [line] };
    const { body } = await api.with(keys.secret).post('/v1/forecast').send({ quote, payments: 3 }).expect(200);
    const renewals = body.forecast.map(({ total }: { total: string }) => total);
    expect([body.quote.totals.total, ...renewals]).toEqual(['12.00', '12.00', '12.00', '24.00']);
  });

  test('the rules of the demo, one by one of two servers of a customer only the one that was ordered so stays at half the price', async () => {
    const server = (serviceId: string): CartLine => ({ ...vps(1), id: serviceId, unitPrice: '24.00', serviceId });
    const customer = { id: 'customer-13' };
    const quote = { currency: 'EUR', promoCodes: ['THREE-MONTHS'], customer, lines: [server('first')] };
    await api.with(keys.secret).post('/v1/redemptions').send({ orderId: 'servers', quote }).expect(201);
    const { lines, discounts } = await quoted({
      currency: 'EUR',
      customer,
      lines: [server('first'), server('second')],
    });
    expect(lines.map(({ total }) => total)).toEqual(['12.00', '24.00']);
    expect(discounts).toMatchObject([{ grantId: expect.any(String), paymentsLeft: 1 }]);
  });

  test('a larger server is paid for by days at once: 12.00 for 15 of 30 days, less 5.79 of the smaller one', async () => {
    const at = '2026-04-16T08:00:00Z';
    const { transitions, payments } = await quoted(example('quote-prorated'));
    expect(transitions).toMatchObject([
      {
        outcome: 'replace',
        description:
          'Virtual server S becomes Virtual server M today. You pay the rest of the month, and from May 1, 2026 on the whole price.',
        steps: [
          { type: 'end_subscription', at },
          { type: 'credit', at, amount: '5.79', from: '2026-04-16', to: '2026-04-30' },
          { type: 'start_subscription', at },
          { type: 'issue_invoice', at, amount: '12.00', from: '2026-04-16', to: '2026-04-30' },
          { type: 'issue_invoice', at: '2026-04-30T22:00:00Z', amount: '24.00', from: '2026-05-01', to: '2026-05-31' },
        ],
      },
    ]);
    expect(payments).toMatchObject([
      { at, amount: '6.21', credit: '5.79' },
      { at: '2026-04-30T22:00:00Z', amount: '24.00' },
    ]);
  });

  test('a server comes with its installation as a gift, which the platform adds by itself', async () => {
    const line = { id: 'server', serviceType: 'dedicated', plan: 'dedicated-s', period: year, unitPrice: '948.00' };
    const { offers, nudges } = await quoted({ currency: 'EUR', lines: [line], offerPrices: true, nudges: 1 });
    expect(offers.filter(({ autoAdd }) => autoAdd)).toMatchObject([
      { title: 'We set up your server, as a gift', price: { total: '0.00' }, line: { serviceType: 'installation' } },
    ]);
    expect(nudges).toMatchObject([{ missing: { type: 'cart_total', amount: '52.00' }, saving: '20.00' }]);
  });

  test('a price list shows what each plan costs by itself', async () => {
    const { body } = await api.with(keys.publishable).post('/v1/quotes').send(example('price-list')).expect(200);
    const [small, large] = body.items;
    expect(small).toMatchObject({ total: '948.00', titles: ['No setup fee when you order for a year'] });
    expect(large.lines).toMatchObject([{ total: '1168.00', percentOff: '1.6835' }]);
  });

  test('what an order leaves of a voucher stays with the customer', async () => {
    const { totals, discounts } = await quoted({
      currency: 'EUR',
      promoCodes: ['VOUCHER50'],
      customer: { id: 'customer-9' },
      lines: [{ id: 'mail', serviceType: 'mailbox', unitPrice: '30.00' }],
    });
    expect(totals.total).toBe('0.00');
    expect(discounts).toMatchObject([{ title: 'Voucher', amount: '30.00', balance: { EUR: '20.00' } }]);
  });

  test('any three mailboxes cost 10.00, and servers in Helsinki 10 % less', async () => {
    const mailboxes = { id: 'mail', serviceType: 'mailbox', unitPrice: '4.00', quantity: 4 };
    const attributes = { datacenter: 'helsinki' };
    const server = { id: 'server', serviceType: 'vps', plan: 'vps-m', unitPrice: '24.00', attributes };
    const { lines } = await quoted({ currency: 'EUR', lines: [mailboxes, server] });
    expect(lines.map(({ total }) => total)).toEqual(['14.00', '21.60']);
  });

  test('an unsaved Black Friday takes 40 % and excludes the rest; nothing is written', async () => {
    const draft = await quoted(example('quote-draft'));
    expect(draft.totals).toMatchObject({ subtotal: '1188.00', discount: '475.20', total: '712.80' });
    expect(draft.declined.find(({ reason }) => reason === 'excluded')?.name).toBe('20 off the order');
    const { totals } = await quoted({ ...example('quote-draft'), draft: {} });
    expect(totals).toMatchObject({ subtotal: '1188.00', discount: '20.00', total: '1168.00' });
  });

  test('a forecast: half price for three payments, then the full price; the change to yearly in May', async () => {
    const { body } = await api.with(keys.secret).post('/v1/forecast').send(example<object>('forecast')).expect(200);
    const { quote, forecast } = body as Forecast;
    const dated = [...quote.payments.map(({ at, amount }) => ({ at, total: amount })), ...forecast];
    expect(dated.map(({ at, total }) => `${at} ${total}`)).toEqual([
      '2026-04-15T08:00:00Z 5.00',
      '2026-04-30T22:00:00Z 145.00',
      '2026-05-15T08:00:00Z 5.00',
      '2026-06-15T08:00:00Z 5.00',
      '2026-07-15T08:00:00Z 10.00',
      '2026-08-15T08:00:00Z 10.00',
      '2026-09-15T08:00:00Z 10.00',
      ...[2027, 2028, 2029, 2030, 2031].map((year) => `${year}-04-30T22:00:00Z 145.00`),
    ]);
    expect(forecast.flatMap(({ at, changes }) => changes.map(({ lineId, change }) => [at, lineId, change]))).toEqual([
      ['2026-07-15T08:00:00Z', 'game', 'ends'],
    ]);
  });

  test('down-selling: the year that is paid for is used up, then the first month is invoiced', async () => {
    const { transitions } = await quoted({
      currency: 'EUR',
      at: '2026-04-15T10:00:00+02:00',
      lines: [{ ...hosting, plan: 'web-pro-monthly' }],
      subscriptions: [
        {
          id: 'subscription-32',
          plan: 'web-pro-yearly',
          price: '145.00',
          currency: 'EUR',
          interval: year,
          startedAt: '2025-11-01T00:00:00+01:00',
          nextBookingAt: '2026-11-01T00:00:00+01:00',
        },
      ],
    });
    const at = '2026-10-31T23:00:00Z';
    expect(transitions).toMatchObject([
      {
        outcome: 'replace',
        effectiveAt: at,
        description:
          'Web Pro, yearly stays until the end of its term. Web Pro, monthly is invoiced for the first time on Nov 1, 2026.',
        steps: [
          { type: 'end_subscription', at },
          { type: 'start_subscription', at },
          { type: 'issue_invoice', at, amount: '14.50', from: '2026-11-01', to: '2026-11-30' },
        ],
      },
    ]);
  });
});

describe('ten years on', () => {
  withDemo();

  const CARTS = {
    'from a web page': example('quote-storefront'),
    'a server for a year': { promoCodes: ['SPRING15'], plan: 'dedicated-m', unitPrice: '1188.00', unit: 'year' },
    'a server, almost enough for more': { promoCodes: [], plan: 'dedicated-s', unitPrice: '948.00', unit: 'year' },
    'a virtual server': { promoCodes: ['THREE-MONTHS'], plan: 'vps-m', unitPrice: '24.00', unit: 'month' },
    'a voucher': { promoCodes: ['VOUCHER50'], plan: 'vps-m', unitPrice: '24.00', unit: 'month' },
    'a code that is over': { promoCodes: ['EARLY-BIRD'], plan: 'vps-m', unitPrice: '24.00', unit: 'month' },
  };

  function requestOf(cart: (typeof CARTS)[keyof typeof CARTS]): object {
    if ('lines' in cart) return cart;
    const { promoCodes, plan, unitPrice, unit } = cart;
    const serviceType = plan === 'vps-m' ? 'vps' : 'dedicated';
    const lines = [{ id: 'line', serviceType, plan, period: { unit, length: 1 }, unitPrice }];
    return { currency: 'EUR', promoCodes, lines };
  }

  /** What a shop page shows of all that, but for its dates. */
  async function shop(): Promise<unknown> {
    const shown: object[] = [];
    for (const cart of Object.values(CARTS)) {
      const request = { ...requestOf(cart), nudges: 3, offerPrices: true };
      const { totals, discounts, promoCodes, offers, nudges } = await quoted(request, keys.publishable);
      const taken = discounts.map(({ title, amount, balance, paymentsLeft }) => [title, amount, balance, paymentsLeft]);
      shown.push({ totals, taken, promoCodes, offers, nudges });
    }
    return shown;
  }

  test('a page with the demo shows what it shows today, as every date of the demo is past or open', async () => {
    const today = await shop();
    expect(today).toMatchObject([
      { totals: { total: '310.50' }, promoCodes: [{ status: 'applied' }] },
      { totals: { discount: '198.20' }, promoCodes: [{ code: 'SPRING15', status: 'applied' }] },
      { nudges: [{ saving: '20.00' }], offers: [{}, { autoAdd: true }] },
      { totals: { total: '12.00' }, promoCodes: [{ code: 'THREE-MONTHS', status: 'applied' }] },
      { totals: { total: '0.00' }, promoCodes: [{ code: 'VOUCHER50', status: 'applied' }] },
      { promoCodes: [{ code: 'EARLY-BIRD', reason: 'promo_code_expired' }] },
    ]);
    api.advance(3_653 * 86_400_000);
    expect(await shop()).toEqual(today);
  });

  test('the requests of the examples are answered as today', async () => {
    const files = ['quote', 'quote-storefront', 'quote-explained', 'quote-draft', 'quote-prorated'];
    const ask = async () => {
      const quotes = [];
      for (const file of files) quotes.push((await quoted(example(file))).totals);
      return quotes;
    };
    const later = await ask();
    api.advance(-3_653 * 86_400_000);
    expect(await ask()).toEqual(later);
  });
});
