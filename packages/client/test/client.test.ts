import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, startApi } from '../../../test/support/api';
import { createOfferbook, isProblem, type Offerbook, OfferbookError, type QuoteRequest } from '../src/index';

const CART: QuoteRequest = {
  currency: 'EUR',
  lines: [{ id: 'a', serviceType: 'hosting', unitPrice: '20.00' }],
};

/** A server on a free port. */
async function listen(handler: http.RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = http.createServer(handler);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

describe('the client and the service', () => {
  let api: Api;
  let service: Awaited<ReturnType<typeof listen>>;
  let offerbook: Offerbook;
  beforeAll(async () => {
    api = await startApi();
    service = await listen(api.app);
    const provider = await api.createProvider();
    offerbook = createOfferbook({ baseUrl: service.url, key: await api.createKey(provider, 'secret') });
  });
  afterAll(async () => {
    await service.close();
    await api.drop();
  });

  test('the client and the service creates a promotion and quotes by it', async () => {
    const { data, error } = await offerbook.api.POST('/v1/promotions', {
      body: { name: 'Ten', key: 'ten', discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }] },
    });
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ key: 'ten', version: 1 });
    const quote = await offerbook.quote(CART);
    expect(quote.totals).toMatchObject({ discount: '2.00', total: '18.00' });
    const { items } = await offerbook.quotes({ currency: 'EUR', quotes: [{ id: 'one', lines: CART.lines }] });
    expect(items).toMatchObject([{ id: 'one', quote: { totals: { total: '18.00' } } }]);
    const lines = CART.lines.map((line) => ({ ...line, period: { unit: 'month' as const, length: 1 } }));
    const { forecast } = await offerbook.forecast({ quote: { ...CART, lines }, payments: 2 });
    expect(forecast.map(({ total }) => total)).toEqual(['18.00', '18.00']);
  });

  test('a problem is data of a call, and thrown by the short ways', async () => {
    const { error } = await offerbook.api.POST('/v1/promotions', { body: { name: 'Again', key: 'ten' } });
    expect(error).toMatchObject({ code: 'key_taken', errors: [{ pointer: '/key' }] });
    const refused = await offerbook.quote({ ...CART, currency: 'EURO' }).catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(OfferbookError);
    expect(isProblem(refused, 'invalid_request') && refused.problem.errors?.[0]?.pointer).toBe('/currency');
    expect(isProblem(refused, 'not_found')).toBe(false);
  });

  test('the client and the service redeems, asking the customer where the price has changed', async () => {
    const cart = { quote: CART, expectedTotal: '17.00' };
    expect(await offerbook.redeem({ orderId: 'o-1', ...cart })).toMatchObject({
      redeemed: false,
      quote: { totals: { total: '18.00' } },
    });
    const asked: string[] = [];
    const result = await offerbook.redeem({
      orderId: 'o-1',
      ...cart,
      onPriceChanged: ({ totals }) => asked.push(totals.total) === 1,
    });
    expect(asked).toEqual(['18.00']);
    expect(result).toMatchObject({ redeemed: true, redemption: { orderId: 'o-1', status: 'confirmed' } });
  });

  test('a POST that writes is carried out once, however often it is sent', async () => {
    const keys = new Set<string | null>();
    let lost = 2;
    const unlucky = createOfferbook({
      baseUrl: service.url,
      key: await api.createKey(await api.createProvider(), 'secret'),
      async fetch(request) {
        keys.add(request.headers.get('Idempotency-Key'));
        const answer = await fetch(request);
        // The connection breaks once the service has done its work.
        if (lost-- > 0) throw new TypeError('fetch failed');
        return answer;
      },
    });
    const { data } = await unlucky.api.POST('/v1/tags', { body: { name: 'hosting' } });
    expect(data).toMatchObject({ name: 'hosting' });
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
    const { data: tags } = await unlucky.api.GET('/v1/tags');
    expect(tags?.items).toHaveLength(1);
  });

  test('a problem that is the same every time is not tried again', async () => {
    let sent = 0;
    const counting = createOfferbook({
      baseUrl: service.url,
      key: 'ob_sec_unknown',
      fetch: (request) => {
        sent += 1;
        return fetch(request);
      },
    });
    await expect(counting.quote(CART)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(sent).toBe(1);
  });
});

describe('retries', () => {
  /** A server with these answers in turn, and the requests that it got. */
  async function answering(...statuses: number[]) {
    const requests: { method: string; key: string | undefined }[] = [];
    const server = await listen((request, response) => {
      requests.push({ method: request.method ?? '', key: request.headers['idempotency-key'] as string | undefined });
      const status = statuses[Math.min(requests.length, statuses.length) - 1] ?? 200;
      const after = status === 503 ? '0' : status === 429 ? new Date(0).toUTCString() : undefined;
      const headers = { 'Content-Type': 'application/json', ...(after !== undefined && { 'Retry-After': after }) };
      response.writeHead(status, headers).end(JSON.stringify({ code: 'unavailable', detail: 'Try again.' }));
    });
    const { api } = createOfferbook({ baseUrl: server.url, key: 'ob_sec_x', longestWait: 1_000 });
    return { ...server, requests, api };
  }

  test('retries as Retry-After says, until there is an answer', async () => {
    const server = await answering(503, 429, 200);
    const { response } = await server.api.POST('/v1/quote', { body: CART });
    expect(response.status).toBe(200);
    expect(server.requests).toHaveLength(3);
    expect(server.requests.every(({ key }) => key === undefined)).toBe(true);
    await server.close();
  });

  test('retries at most three times', async () => {
    const server = await answering(503);
    const { response } = await server.api.GET('/v1/tags');
    expect(response.status).toBe(503);
    expect(server.requests).toHaveLength(4);
    await server.close();
  });

  test('retries not of a change that may have been carried out', async () => {
    const server = await answering(503);
    const params = { path: { id: 'key:a' } };
    await server.api.PATCH('/v1/tags/{id}', { params, body: { name: 'b' } });
    expect(server.requests).toHaveLength(1);
    await server.close();
  });
});
