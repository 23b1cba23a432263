import fs from 'node:fs';
import path from 'node:path';
import Big from 'big.js';
import type { Agent, Response } from 'supertest';
import { type DemoKeys, loadDemo } from '../src/demo';
import type { CartLine } from '../src/engine/cart/cart';
import type { Forecast } from '../src/engine/forecast/answer';
import type { Quote } from '../src/engine/quote/answer';
import type { QuoteRequest } from '../src/engine/quote/quote-request';
import { openApi } from '../src/http/contract/openapi';
import { projectRoot } from '../src/project-root';
import { ADMIN_KEY, type Api, startApi } from './support/api';
import { likeRecorded, recordAnswers, recordedAnswers, shown } from './support/contract/recorded-answers';

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

describe('loading the demo', () => {
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());

  const TABLES = ['providers', 'api_keys', 'promotions', 'discounts', 'conditions', 'promo_codes', 'related_products'];
  const everything = () => Promise.all(TABLES.map((table) => api.db(table).orderBy('id')));

  test('loading the demo of several processes that start at the same time one fills the empty database; a later start changes nothing', async () => {
    const loaded = await Promise.all([loadDemo(api.db, ADMIN_KEY), loadDemo(api.db, ADMIN_KEY)]);
    const before = await everything();
    expect(before.map((rows) => rows.length > 0)).toEqual(TABLES.map(() => true));
    expect(before[0]).toHaveLength(1);
    expect(await loadDemo(api.db, ADMIN_KEY)).toEqual(loaded[0]);
    expect(loaded[1]).toEqual(loaded[0]);
    expect(await everything()).toEqual(before);
  });

  test('the tokens that are printed work, and no others are printed', async () => {
    const { secret, publishable } = (await loadDemo(api.db, ADMIN_KEY)) as DemoKeys;
    await api.with(secret).get('/v1/promotions').expect(200);
    await api.with(publishable).post('/v1/quote').send({ currency: 'EUR', lines: [] }).expect(200);
    expect(await loadDemo(api.db, 'another admin key')).toBeUndefined();
  });

  test('tokens say nothing of the admin key: another database with the same one gets others', async () => {
    const elsewhere = await startApi();
    const [here, there] = [await loadDemo(api.db, ADMIN_KEY), await loadDemo(elsewhere.db, ADMIN_KEY)];
    await elsewhere.drop();
    expect(there?.secret).toMatch(/^ob_sec_[\w-]{43}$/);
    expect([there?.secret, there?.publishable]).not.toContain(here?.secret);
    expect(there?.publishable).not.toBe(here?.publishable);
  });

  test('the database holds no token that can be read', async () => {
    const { secret, publishable } = (await loadDemo(api.db, ADMIN_KEY)) as DemoKeys;
    const rows = JSON.stringify(await api.db('api_keys'));
    expect(rows).toContain('Demo secret');
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(publishable);
  });

  test('every entry of the catalog is one that the API takes', async () => {
    const provider = await api.createProvider();
    const catalog = example<Record<string, object[]>>('catalog');
    const paths = [
      'tags',
      'plans',
      'promotions',
      'discounts',
      'relatedProducts',
      'upgradePaths',
      'conditionTypes',
      'discountTypes',
    ];
    expect(Object.keys(catalog)).toEqual(paths);
    for (const [kind, entries] of Object.entries(catalog)) {
      const url = `/v1/${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      for (const entry of entries) await api.as(provider).post(url).send(entry).expect(201);
    }
    for (const [promotion, codes] of Object.entries(example<Record<string, object[]>>('promo-codes'))) {
      const url = `/v1/promotions/key:${promotion}/promo-codes`;
      for (const code of codes) await api.as(provider).post(url).send(code).expect(201);
    }
  });

  test('a database that has a provider already gets no demo', async () => {
    await api.as('demo').delete('/v1/providers/demo').expect(204);
    expect(await loadDemo(api.db, ADMIN_KEY)).toBeUndefined();
  });
});

describe('the demo cart', () => {
  withDemo();
  let quote: Quote;
  beforeAll(async () => {
    quote = await quoted(example('quote'));
  });

  test('server: 15 % of 1188.00, then its part of the 20.00; hosting: 5 % of 145.00, then the rest of the 20.00', () => {
    const lines = quote.lines.map(({ discounts, ...line }) => [
      line,
      discounts.map(({ exactAmount, amount }) => [exactAmount, amount]),
    ]);
    expect(lines).toEqual([
      [
        { id: 'server', subtotal: '1188.00', discount: '195.80', total: '992.20' },
        [
          ['178.200', '178.20'],
          ['17.600', '17.60'],
        ],
      ],
      [
        { id: 'hosting', subtotal: '145.00', discount: '9.65', total: '135.35' },
        [
          ['7.250', '7.25'],
          ['2.400', '2.40'],
        ],
      ],
    ]);
    expect(quote.totals).toMatchObject({ subtotal: '1333.00', discount: '205.45', total: '1127.55' });
  });

  test('the same numbers, counted by another library', () => {
    const spring = Big('1188.00').times('0.15');
    const loyalty = Big('145.00').times('0.05');
    const server = Big('1188.00').minus(spring);
    const hosting = Big('145.00').minus(loyalty);
    const part = Big('20.00').times(server).div(server.plus(hosting)).round(2, Big.roundHalfUp);
    const totals = [server.minus(part), hosting.minus(Big('20.00').minus(part))];
    expect(quote.lines.map(({ total }) => total)).toEqual(totals.map((total) => total.toFixed(2)));
    expect(quote.totals.total).toBe(totals.reduce((sum, total) => sum.plus(total)).toFixed(2));
  });

  test('each discount says what it takes off, and which code opened it', () => {
    expect(quote.discounts.map(({ name, promoCode, amount }) => [name, promoCode, amount])).toEqual([
      ['Spring, 15 %', 'SPRING15', '178.20'],
      ['20 off the order', undefined, '20.00'],
      ['Loyalty, 5 %', undefined, '7.25'],
    ]);
    expect(quote.promoCodes).toEqual([{ code: 'SPRING15', status: 'applied', promotionId: expect.any(String) }]);
  });

  test('exactly two related products are offered, in their order', () => {
    expect(quote.offers.map(({ title, sort }) => [title, sort])).toEqual([
      ['A certificate for your site', 10],
      ['Backup space', 20],
    ]);
  });

  test('the monthly subscription ends today: 15 of its 29 days at 0.50 are credited, the year is invoiced', () => {
    const at = '2026-04-15T08:00:00Z';
    expect(quote.transitions).toMatchObject([
      {
        lineId: 'hosting',
        optional: true,
        transition: 'immediately_with_invoice',
        subscriptionId: 'subscription-31',
        outcome: 'replace',
        title: 'Switch to yearly',
        description:
          'Web Pro, monthly at 14.50 a month ends today, Web Pro, yearly begins. Your next payment is due on Apr 15, 2027.',
        effectiveAt: at,
        steps: [
          { type: 'end_subscription', at },
          { type: 'credit', at, amount: '7.50', from: '2026-04-15', to: '2026-04-30' },
          { type: 'start_subscription', at },
          { type: 'issue_invoice', at, amount: '135.35', from: '2026-04-15', to: '2027-04-14' },
        ],
        alternatives: [
          { choice: 'convert', subscriptionId: 'subscription-31', outcome: 'replace' },
          { choice: 'keep', outcome: 'in_addition' },
        ],
      },
    ]);
  });

  test('the demo cart in German it has one offer more, and German words', async () => {
    const { offers, transitions } = await quoted({ ...example('quote'), language: 'de' });
    expect(offers.map(({ title }) => title)).toEqual([
      'Telefonische Hilfe auf Deutsch',
      'Ein Zertifikat für Ihre Seite',
      'Backup-Speicher',
    ]);
    expect(transitions[0]?.description).toBe(
      'Web Pro, monthly zu 14.50 im Monat endet heute, Web Pro, jährlich beginnt. Ihre nächste Zahlung ist am 15.04.2027 fällig.',
    );
  });

  test.each([
    ['2026-02-28T23:59:59.999+01:00', 'outside_window'],
    ['2026-03-01T00:00:00+01:00', undefined],
    ['2099-12-31T23:59:59.999+02:00', undefined],
  ])('the spring code at %s: %s', async (at, reason) => {
    const { promoCodes } = await quoted({ ...example('quote'), at });
    expect(promoCodes[0]?.reason).toBe(reason);
  });
});

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

describe('the examples of the published document', () => {
  withDemo();
  // The example of a report is about this year.
  beforeAll(() => api.advance(Date.parse('2026-11-27T12:00:00Z') - Date.now()));

  interface Operation {
    operationId: string;
    parameters: { name?: string; in?: string; example?: string }[];
    requestBody?: { content: Record<string, { example?: object; examples?: { example: { value: object } } }> };
  }

  /** Expressions that need no parameters. */
  const NEUTRAL = { ConditionType: 'true', DiscountType: 'decimal(0)' };

  const endsSomething = ({ url, operation }: { url: string; operation: Operation }) =>
    url.endsWith('/cancel') || ['removeApiKey', 'revokeGrant', 'removeWebhook'].includes(operation.operationId);

  /** What is refused with a problem that has members of its own. */
  async function conflicts(): Promise<[operation: string, method: string, target: string, body: object | undefined][]> {
    const demo = api.as('demo');
    const [redemption, quote] = [example<object>('redemption'), example('quote')];
    await demo.post('/v1/redemptions').send({ orderId: 'order-1004', quote }).expect(201);
    const inUse = {
      name: 'Spring sign-ups',
      conditions: [{ type: 'custom', name: 'sign-up-month', parameters: { months: [3, 4] } }],
      discounts: [{ name: 'Gift', value: { type: 'custom', name: 'christmas', parameters: { percent: 10 } } }],
    };
    await demo.post('/v1/promotions').send(inUse).expect(201);
    const catalog = example<Record<string, { name: string }[]>>('catalog');
    const types = [
      ['ConditionType', 'condition-types', 'sign-up-month', catalog.conditionTypes],
      ['DiscountType', 'discount-types', 'christmas', catalog.discountTypes],
    ] as const;
    const parameters = { type: 'object', properties: {}, additionalProperties: false };
    return [
      ['createRedemption', 'post', '/v1/redemptions', { ...redemption, orderId: 'order-1003', expectedTotal: '1.00' }],
      ['replaceRedemption', 'post', '/v1/redemptions/key:order-1004/replace', { quote, expectedTotal: '1.00' }],
      ...types.flatMap(([kind, path, name, known]): [string, string, string, object | undefined][] => {
        const target = `/v1/${path}/${name}`;
        const changed = { ...known?.find((type) => type.name === name), parameters, expression: NEUTRAL[kind] };
        return [
          [`replace${kind}`, 'put', target, changed],
          [`patch${kind}`, 'patch', target, { name: 'another' }],
          [`remove${kind}`, 'delete', target, undefined],
        ];
      }),
    ];
  }

  test('all work on the demo as they stand, in the order in which they are shown, and are answered as the document shows', async () => {
    const operations = Object.entries(openApi.paths as Record<string, Record<string, Operation>>)
      .flatMap(([url, methods]) => Object.entries(methods).map(([method, operation]) => ({ url, method, operation })))
      // What is cancelled cannot be confirmed any more, and a key that is revoked cannot be rotated.
      .sort((a, b) => Number(endsSomething(a)) - Number(endsSomething(b)));
    expect(operations.length).toBeGreaterThan(60);
    // An order of which something comes back cannot be cancelled any more: the one to cancel is another.
    const order = { orderId: 'order-1002', quote: example('quote') };
    await api.as('demo').post('/v1/redemptions').send(order).expect(201);
    const refused: unknown[] = [];
    const answers: Record<string, unknown> = {};
    for (const { url, method, operation } of operations) {
      const { operationId, parameters, requestBody } = operation;
      const values = new Map(parameters.map(({ name, example: value }) => [name, value]));
      const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.example !== undefined);
      const search = new URLSearchParams(Object.fromEntries(query.map(({ name, example }) => [name, example])));
      const path = url.replace(/\{(\w+)\}/g, (_, name) => values.get(name) ?? '');
      const target = query.length > 0 ? `${path}?${search}` : path;
      const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      const call = send(api.as('demo'), method, target);
      const answer =
        body === undefined
          ? await call
          : await call.set('Content-Type', type ?? '').send(body.example ?? body.examples?.example.value);
      if (answer.status >= 300) refused.push([operationId, target, answer.status, answer.body]);
      if (/json/.test(answer.type)) answers[operationId] = shown(answer.body);
      // Of a table its head.
      if (answer.type === 'text/csv') answers[operationId] = answer.text.split('\n', 1)[0];
    }
    for (const [operation, method, target, body] of await conflicts()) {
      const { status, body: problem } = await send(api.as('demo'), method, target).send(body);
      expect([operation, status]).toEqual([operation, 409]);
      answers[`${operation} 409`] = shown(problem);
    }
    expect(refused).toEqual([]);
    // With RECORD_ANSWERS=1 the examples are made anew, instead of compared.
    if (process.env.RECORD_ANSWERS) recordAnswers(answers);
    const recorded = recordedAnswers();
    const known = Object.keys(recorded).filter((operationId) => operationId in answers);
    expect(known.length).toBeGreaterThan(50);
    for (const operationId of known) {
      expect({ operationId, answer: answers[operationId] }).toMatchObject({
        operationId,
        answer: likeRecorded(recorded[operationId]),
      });
    }
  });
});

describe('the README', () => {
  withDemo();
  const commands = [...read('README.md').matchAll(/```sh\n(curl [\s\S]+?)```\s+```json\n([\s\S]+?)```/g)].map(
    ([, command = '', answer = '']): [string, string] => [command.replace(/\\\n\s*/g, '').trim(), answer],
  );

  test('the README shows requests and answers', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
  });

  test('the README explains every variable that the configuration reads', () => {
    const names = [...read('src/config.ts').matchAll(/(?:read|integer|flag|databaseUrl)\('([A-Z_]+)'/g)].map(
      ([, name]) => name,
    );
    const explained = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test.each(commands)('%s', async (command, answer) => {
    // The README's answers are shortened: what they show is there, and "…" stands for some text.
    const shown = JSON.parse(answer, (_name, value) => (value === '…' ? expect.any(String) : value));
    expect((await curl(command)).body).toMatchObject(shown);
  });

  function curl(command: string): Promise<Response> {
    const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const after = (flag: string) => words.flatMap((word, index) => (word === flag ? [words[index + 1] ?? ''] : []));
    const url = words.find((word) => word.startsWith('localhost:3000')) ?? '';
    const [body] = after('-d');
    const headers = after('-H').map((header) =>
      header.replace('$SECRET', keys.secret).replace('$PUBLISHABLE', keys.publishable).split(': '),
    );
    const method = after('-X')[0] ?? (body === undefined ? 'get' : 'post');
    const call = send(api.http, method.toLowerCase(), url.replace('localhost:3000', '')).set(
      Object.fromEntries(headers),
    );
    return Promise.resolve(body === undefined ? call : call.send(body.startsWith('@') ? read(body.slice(1)) : body));
  }
});

function send(agent: Agent, method: string, url: string) {
  return agent[method as 'get' | 'post' | 'put' | 'patch' | 'delete'](url);
}
