import fs from 'node:fs';
import path from 'node:path';
import Big from 'big.js';
import type { Agent } from 'supertest';
import { type DemoKeys, loadDemo } from '../src/demo';
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

function send(agent: Agent, method: string, url: string) {
  return agent[method as 'get' | 'post' | 'put' | 'patch' | 'delete'](url);
}
