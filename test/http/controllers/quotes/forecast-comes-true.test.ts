import fc from 'fast-check';
import type { Agent } from 'supertest';
import type { Forecast, ForecastPayment } from '../../../../src/engine/forecast/answer';
import type { Quote } from '../../../../src/engine/quote/answer';
import type { QuoteRequest } from '../../../../src/engine/quote/quote-request';
import { type Api, startApi } from '../../../support/api';
import { type OrderCase, orders } from '../../../support/forecasts';
import { redeem } from '../../../support/redeem';

// More or other orders: RUNS=300 SEED=7 npx jest test/http/controllers/forecast-comes-true
const RUNS = Number(process.env.RUNS ?? 25);
const SEED = Number(process.env.SEED ?? 20_261_126);
const PAYMENTS = 4;

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.drop());

/** A provider of its own with the rules of a case; codes are named by the promotions that need one. */
async function providerOf({ settings, timeZone, promotions }: OrderCase): Promise<Agent> {
  const as = api.as(await api.createProvider(undefined, { settings, timeZone }));
  for (const [index, promotion] of promotions.entries()) {
    const { id } = (await as.post('/v1/promotions').send(promotion).expect(201)).body;
    await as
      .post(`/v1/promotions/${id}/promo-codes`)
      .send({ code: `CODE-${index}` })
      .expect(201);
  }
  return as;
}

/** The cart of a renewal as a platform sends it. */
function renewal({ promoCodes: _, lines, ...order }: QuoteRequest, { at, lines: due }: ForecastPayment): QuoteRequest {
  const renewed = lines.filter(({ id }) => due.some(({ lineId }) => lineId === id));
  return {
    ...order,
    at,
    lines: renewed.map(({ setupFee: _fee, startsAt: _start, ...line }) => ({ ...line, action: 'renewal' })),
  };
}

/** What a quote says that a forecast foretells. */
function foretold({ at, totals, lines }: Quote) {
  return {
    at,
    total: totals.total,
    lines: lines.map(({ id, subtotal, discount, total, discounts }) => ({
      lineId: id,
      subtotal,
      discount,
      total,
      discounts: discounts.map(({ discountId, amount }) => ({ discountId, amount })),
    })),
  };
}

async function comesTrue(order: OrderCase): Promise<void> {
  const as = await providerOf(order);
  const asked = { quote: order.quote, payments: PAYMENTS };
  const { quote, forecast } = (await as.post('/v1/forecast').send(asked).expect(200)).body as Forecast;
  expect(quote).toEqual((await as.post('/v1/quote').send(order.quote).expect(200)).body);
  expect((await redeem(as, order.quote)).status).toBe(201);
  for (const payment of forecast) {
    const cart = renewal(order.quote, payment);
    const real = (await as.post('/v1/quote').send(cart).expect(200)).body as Quote;
    expect(payment).toMatchObject(foretold(real));
    expect((await redeem(as, cart)).status).toBe(201);
  }
}

test(
  'each payment is the quote of that renewal after everything before it was redeemed',
  () => fc.assert(fc.asyncProperty(orders, comesTrue), { numRuns: RUNS, seed: SEED }),
  60_000 + RUNS * 2_000,
);
