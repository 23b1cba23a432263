import type { Knex } from 'knex';
import { NO_FACTS } from '../../../src/engine/judging/facts';
import { createPromotion } from '../../../src/store/catalog/promotions';
import { createPromoCode } from '../../../src/store/promo-codes/promo-codes';
import { createProvider } from '../../../src/store/providers/providers';
import { loadFacts, loadFactsOfMany } from '../../../src/store/redemptions/facts';
import type { StoredFacts } from '../../../src/store/redemptions/found-facts';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { leaveRedemption, type PastUse } from '../../support/redemption';

const AT = new Date('2026-06-01T00:00:00Z');

let database: TestDatabase;
let db: Knex;
let promotionId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await db('usage_counters').delete();
  await db('redemptions').delete();
  await db('providers').delete();
  await db.transaction(async (trx) => {
    for (const id of ['north', 'south']) {
      await createProvider(trx, { id, name: id, timeZone: 'UTC', defaultLanguage: 'en' }, AT);
    }
    promotionId = (await createPromotion(trx, 'north', { name: 'Summer' }, AT)).id;
  });
});

const addCode = (input: Parameters<typeof createPromoCode>[3]) =>
  db.transaction((trx) => createPromoCode(trx, 'north', promotionId, input, AT));
const use = (past: PastUse, redemption = {}) => leaveRedemption(db, 'north', past, redemption);
const live = { status: 'held', expiresAt: new Date(Date.now() + 60_000) };
const expired = { status: 'held', expiresAt: new Date(Date.now() - 1_000) };
const needed = { codes: [], rules: [] };

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  let statements = 0;
  const listen = () => {
    statements += 1;
  };
  db.on('query', listen);
  await work();
  db.off('query', listen);
  return statements;
}

test('nothing is read when nothing is needed, and everything in one statement', async () => {
  expect(await statementsOf(async () => expect(await loadFacts(db, 'north', needed)).toEqual(NO_FACTS))).toBe(0);
  const all = { codes: ['sun'], rules: [promotionId], customerId: 'c-1' };
  expect(await statementsOf(() => loadFacts(db, 'north', all))).toBe(1);
});

test('requests of the same moment are answered by one statement, each by what it asked for', async () => {
  for (const code of ['sun', 'moon']) await addCode({ code });
  const ids = new Map((await db('promo_codes').select('code_key', 'id')).map(({ code_key, id }) => [code_key, id]));
  const past: [PastUse['kind'], string, string?][] = [
    ['promotion', promotionId],
    ['promotion_customer', promotionId, 'anna'],
    ['promotion_customer', promotionId, 'anna'],
    ['promotion_customer', promotionId, 'boris'],
    ['code', ids.get('sun')],
    ['code_customer', ids.get('sun'), 'anna'],
    ['code_customer', ids.get('moon'), 'boris'],
    ['promotion', 'other'],
  ];
  for (const [kind, subject, customerId] of past) await use({ kind, subject, ...(customerId && { customerId }) });
  await use({ kind: 'budget', subject: promotionId, currency: 'EUR', amount: '7.5' });
  const requests = [
    { codes: ['sun'], rules: [], customerId: 'anna' },
    { codes: ['moon', 'sun'], rules: [], customerId: 'boris' },
    { codes: ['unknown'], rules: [promotionId], customerId: 'anna' },
    { codes: [], rules: ['other'] },
    needed,
  ];
  let together: StoredFacts[] = [];
  expect(await statementsOf(async () => (together = await loadFactsOfMany(db, 'north', requests)))).toBe(1);
  const alone = [];
  for (const request of requests) alone.push(await loadFacts(db, 'north', request));
  // Who needs nothing learns the version of the rules all the same, where others ask.
  expect(together).toEqual([...alone.slice(0, 4), { ...alone[4], catalogVersion: 0 }]);
  const spent = { EUR: '7.500000' };
  expect(together.map(({ usage }) => [...usage])).toEqual([
    [[promotionId, { total: 1, customer: 2, spent }]],
    [[promotionId, { total: 1, customer: 1, spent }]],
    [[promotionId, { total: 1, customer: 2, spent }]],
    [['other', { total: 1, customer: 0, spent: {} }]],
    [],
  ]);
  const counts = together.map(({ codes }) =>
    [...codes.values()].map(({ code, redemptions, customerRedemptions }) => [code, redemptions, customerRedemptions]),
  );
  expect(counts).toEqual([
    [['sun', 1, 1]],
    [
      ['moon', 0, 1],
      ['sun', 1, 0],
    ],
    [],
    [],
    [],
  ]);
});

test('a known code with everything that it has, an unknown one not at all', async () => {
  const code = await addCode({
    code: ' SUN-1 ',
    status: 'paused',
    startsAt: '2026-06-01T02:00:00.25+02:00',
    endsAt: '2026-07-01T00:00:00Z',
    maxRedemptions: 5,
    maxRedemptionsPerCustomer: 1,
    customerId: 'c-1',
  });
  const plain = await addCode({ code: 'Plain' });
  const { codes } = await loadFacts(db, 'north', { ...needed, codes: ['sun-1', 'plain', 'unknown'] });
  expect(codes).toEqual(
    new Map([
      [
        'sun-1',
        {
          code: 'sun-1',
          id: code.id,
          promotionId,
          status: 'paused',
          startsAt: '2026-06-01T00:00:00.250Z',
          endsAt: '2026-07-01T00:00:00Z',
          maxRedemptions: 5,
          maxRedemptionsPerCustomer: 1,
          customerId: 'c-1',
          redemptions: 0,
          customerRedemptions: 0,
          version: 1,
        },
      ],
      [
        'plain',
        {
          code: 'plain',
          id: plain.id,
          promotionId,
          status: 'active',
          redemptions: 0,
          customerRedemptions: 0,
          version: 1,
        },
      ],
    ]),
  );
  expect((await loadFacts(db, 'south', { ...needed, codes: ['sun-1'] })).codes.size).toBe(0);
});

test('uses of a code in all and by the customer; those of expired holds are free at once', async () => {
  const { id } = await addCode({ code: 'SUN' });
  for (const redemption of [{}, live, expired]) {
    await use({ kind: 'code', subject: id }, redemption);
    await use({ kind: 'code_customer', subject: id, customerId: 'c-1' }, redemption);
  }
  await use({ kind: 'code_customer', subject: id, customerId: 'c-2' });
  const facts = (customerId?: string) =>
    loadFacts(db, 'north', { ...needed, codes: ['sun'], ...(customerId && { customerId }) });
  expect((await facts('c-1')).codes.get('sun')).toMatchObject({ redemptions: 2, customerRedemptions: 2 });
  expect((await facts('c-2')).codes.get('sun')).toMatchObject({ redemptions: 2, customerRedemptions: 1 });
  expect((await facts()).codes.get('sun')).toMatchObject({ redemptions: 2, customerRedemptions: 0 });
});

test('usage of rules: in all, by the customer, and money by currency', async () => {
  for (const redemption of [{}, live, expired]) {
    await use({ kind: 'promotion', subject: 'rule' }, redemption);
    await use({ kind: 'promotion_customer', subject: 'rule', customerId: 'c-1' }, redemption);
    await use({ kind: 'budget', subject: 'rule', currency: 'EUR', amount: '10.55' }, redemption);
  }
  await use({ kind: 'budget', subject: 'rule', currency: 'KWD', amount: '0.125' });
  await use({ kind: 'promotion', subject: 'not asked for' });
  const { usage } = await loadFacts(db, 'north', { ...needed, rules: ['rule', 'never used'], customerId: 'c-1' });
  expect(usage).toEqual(new Map([['rule', { total: 2, customer: 2, spent: { EUR: '21.100000', KWD: '0.125000' } }]]));
  expect((await loadFacts(db, 'south', { ...needed, rules: ['rule'] })).usage.size).toBe(0);
});

test('money and counts stay exact when they are large', async () => {
  await use({ kind: 'budget', subject: 'rule', currency: 'EUR', amount: '999999999999.999999' });
  await use({ kind: 'promotion', subject: 'rule', amount: String(Number.MAX_SAFE_INTEGER) });
  const { usage } = await loadFacts(db, 'north', { ...needed, rules: ['rule'] });
  expect(usage.get('rule')).toEqual({
    total: Number.MAX_SAFE_INTEGER,
    customer: 0,
    spent: { EUR: '999999999999.999999' },
  });
});

test('grants of the customer, but not of redemptions that were cancelled or have expired', async () => {
  const grant = async (id: string, customerId: string, redemption: object) => {
    const redemptionId = await use({ kind: 'promotion', subject: 'rule' }, redemption);
    await db('discounts').insert({
      provider_id: 'north',
      id: `discount of ${id}`,
      name: 'D',
      value: { type: 'percent' },
    });
    await db('grants').insert({
      provider_id: 'north',
      id,
      customer_id: customerId,
      discount_id: `discount of ${id}`,
      redemption_id: redemptionId,
      starts_at: '2026-06-01T00:00:00Z',
      ends_at: '2026-08-01T00:00:00.5Z',
    });
  };
  await grant('1', 'c-1', {});
  await grant('2', 'c-1', live);
  await grant('3', 'c-1', expired);
  await grant('4', 'c-1', { status: 'cancelled' });
  await grant('5', 'c-2', {});
  const { grants } = await loadFacts(db, 'north', { ...needed, customerId: 'c-1' });
  const window = { startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-08-01T00:00:00.500Z' };
  expect(grants).toEqual([
    { id: '1', version: 1, discountId: 'discount of 1', isRevoked: false, isByHand: false, ...window },
    { id: '2', version: 1, discountId: 'discount of 2', isRevoked: false, isByHand: false, ...window },
  ]);
  expect((await loadFacts(db, 'south', { ...needed, customerId: 'c-1' })).grants).toEqual([]);
});
