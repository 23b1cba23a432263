import type { Agent, Response } from 'supertest';

/** A cart of one service for 100.00 EUR. */
export function cart(fields: object = {}): { currency: string; lines: object[] } & Record<string, unknown> {
  return { currency: 'EUR', lines: [{ id: 'line', serviceType: 'hosting', unitPrice: '100.00' }], ...fields };
}

/** The same for a customer. */
export function cartOf(customerId: string, fields: object = {}): ReturnType<typeof cart> {
  return cart({ customer: { id: customerId }, ...fields });
}

/** Saves a promotion that takes 10 % off every line, with the given fields, and answers its id. */
export async function createPromotion(as: Agent, fields: object = {}): Promise<string> {
  const discounts = [{ name: 'Ten percent', value: { type: 'percent', percent: '10' } }];
  const body = { name: 'Ten percent', discounts, ...fields };
  return (await as.post('/v1/promotions').send(body).expect(201)).body.id;
}

/** Saves a promotion that needs a code, and its codes; answers its id. */
export async function createCodePromotion(as: Agent, codes: object[], fields: object = {}): Promise<string> {
  const id = await createPromotion(as, { conditions: [{ type: 'promo_code' }], ...fields });
  for (const code of codes) await as.post(`/v1/promotions/${id}/promo-codes`).send(code).expect(201);
  return id;
}

let orders = 0;

/** Redeems a cart for an order of its own. */
export async function redeem(as: Agent, quote: object, fields: object = {}): Promise<Response> {
  return as.post('/v1/redemptions').send({ orderId: `order-${++orders}`, quote, ...fields });
}

/** The total of a quote for a cart. */
export async function totalOf(as: Agent, quote: object): Promise<string> {
  return (await as.post('/v1/quote').send(quote).expect(200)).body.totals.total;
}
