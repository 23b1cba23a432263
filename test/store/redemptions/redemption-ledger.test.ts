import type { Knex } from 'knex';
import type { Use } from '../../../src/engine/judging/facts';
import type { GrantTerms } from '../../../src/engine/rulebook/terms';
import { Batcher } from '../../../src/services/concurrency/batcher';
import { lockPromotion, removePromotion } from '../../../src/store/catalog/promotions';
import { newId } from '../../../src/store/database/id';
import { getPromoCode, lockPromoCode, removePromoCode } from '../../../src/store/promo-codes/promo-codes';
import { releaseExpiredHolds, releaseUses } from '../../../src/store/redemptions/expired-holds';
import { loadFacts } from '../../../src/store/redemptions/facts';
import { type RecordOutcome, recordRedemptions } from '../../../src/store/redemptions/redemption-ledger';
import type { RedemptionEntry } from '../../../src/store/redemptions/redemption-rows';
import {
  cancelRedemption,
  confirmRedemption,
  getRedemption,
  lockRedemption,
} from '../../../src/store/redemptions/redemptions';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { until } from '../../support/until';

const PROVIDER = 'north';

describe('the ledger of redemptions', () => {
  let database: TestDatabase;
  let db: Knex;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = database.db;
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    for (const table of ['usage_counters', 'redemptions', 'redeemed_discounts', 'promotions', 'providers'])
      await db(table).delete();
    await db('providers').insert({ id: PROVIDER, name: 'North', time_zone: 'UTC', default_language: 'en' });
    await db('promotions').insert({ provider_id: PROVIDER, id: 'p', name: 'P', limit_total: 2 });
    await db('discounts').insert({
      provider_id: PROVIDER,
      id: 'd',
      promotion_id: 'p',
      name: 'D',
      value: { type: 'percent' },
    });
    const code = { provider_id: PROVIDER, id: 'c', promotion_id: 'p', code: 'C', code_key: 'c' };
    await db('promo_codes').insert(code);
  });

  const ofPromotion: Use = { kind: 'promotion', subject: 'p', amount: '1', limit: '2' };
  const terms: GrantTerms = { value: { type: 'percent', percent: '10' } };
  const ofCode: Use = { kind: 'code', subject: 'c', amount: '1' };

  const totals = { subtotal: '1.00', discount: '0.00', total: '1.00' };

  function entryOf(fields: Partial<RedemptionEntry> = {}): RedemptionEntry {
    const id = newId();
    return {
      providerId: PROVIDER,
      id,
      orderId: `order of ${id}`,
      customerId: undefined,
      holdSeconds: undefined,
      requestHash: 'hash',
      request: '{"a":"\\\\ \\" {x} 💥"}',
      quote: `{"currency":"EUR","totals":${JSON.stringify(totals)},"b":"\\\\ \\" {x} 💥"}`,
      facts: {
        redemptionId: id,
        orderId: `order of ${id}`,
        currency: 'EUR',
        totals,
      },
      uses: [ofPromotion, ofCode],
      grants: [],
      promotions: new Map([['p', 1]]),
      codes: new Map([['c', 1]]),
      discounts: new Map(),
      spent: new Map(),
      counting: new Map(),
      redeemed: [],
      at: new Date(),
      ...fields,
    };
  }

  async function recordOne(on: Knex, entry: RedemptionEntry): Promise<RecordOutcome> {
    return (await recordRedemptions(on, [entry]))[0] as RecordOutcome;
  }
  const kinds = (outcomes: readonly RecordOutcome[]) => outcomes.map(({ kind }) => kind);
  const used = async (kind = 'promotion') =>
    (await db('usage_counters').where({ kind }).sum<{ sum: string }[]>('used as sum'))[0]?.sum ?? '0';
  const waiting = async () =>
    (await db('pg_stat_activity').whereRaw('datname = current_database()').where('wait_event_type', 'Lock')).length;

  /** Runs `work` while a transaction of ours stays open; `work` must wait for it. */
  async function whileOpen<T>(hold: (trx: Knex.Transaction) => Promise<unknown>, work: () => Promise<T>): Promise<T> {
    const trx = await db.transaction();
    try {
      await hold(trx);
      const result = work();
      await until(async () => (await waiting()) > 0);
      await trx.commit();
      return await result;
    } finally {
      if (!trx.isCompleted()) await trx.rollback();
    }
  }

  test('the ledger of redemptions writes what it is given', async () => {
    const grant = {
      customerId: 'anna',
      discountId: 'd',
      startsAt: '2026-11-21T00:00:00Z',
      endsAt: '2026-12-21T00:00:00Z',
      terms,
    };
    const entry = entryOf({ customerId: 'anna', holdSeconds: 60, grants: [grant] });
    const outcome = await recordOne(db, entry);
    const stored = await getRedemption(db, PROVIDER, { id: entry.id });
    expect(outcome).toEqual({
      kind: 'recorded',
      row: {
        ...stored,
        expires_at: new Date(stored?.expires_at ?? '').toISOString(),
        created_at: entry.at.toISOString(),
        updated_at: entry.at.toISOString(),
      },
    });
    expect(stored).toMatchObject({ status: 'held', quote: entry.quote, version: 1, customer_id: 'anna' });
    expect(await db('redemptions').first('request')).toEqual({ request: JSON.parse(entry.request) });
    expect(await db('redemption_uses').count()).toEqual([{ count: 2 }]);
    expect(await db('grants').first('customer_id', 'discount_id', 'redemption_id')).toEqual({
      customer_id: 'anna',
      discount_id: 'd',
      redemption_id: entry.id,
    });
  });

  test('a discount that is redeemed is noted once, however many redeem it at once', async () => {
    const entries = Array.from({ length: 6 }, () => entryOf({ uses: [], redeemed: ['d'] }));
    const outcomes = await Promise.all(entries.map((entry) => recordOne(db, entry)));
    expect(kinds(outcomes)).toEqual(Array(6).fill('recorded'));
    expect(await db('redeemed_discounts').select('discount_id')).toEqual([{ discount_id: 'd' }]);
  });

  test('a global discount that has been written or removed since is judged again', async () => {
    const judged = () => entryOf({ uses: [], discounts: new Map([['g', 1]]), redeemed: ['g'] });
    expect(kinds([await recordOne(db, judged())])).toEqual(['stale']);
    await db('discounts').insert({ provider_id: PROVIDER, id: 'g', name: 'G', value: { type: 'percent' } });
    expect(kinds([await recordOne(db, judged())])).toEqual(['recorded']);
    await db('discounts').where({ id: 'g' }).update({ version: 2 });
    expect(kinds([await recordOne(db, judged())])).toEqual(['stale']);
  });

  test('the ledger of redemptions of a batch those count that fit, in turn; the others are refused', async () => {
    const small = { ...ofPromotion, kind: 'budget', currency: 'EUR', limit: '10.00' } as const;
    const spending = (amount: string) => entryOf({ uses: [{ ...small, amount }] });
    const outcomes = await recordRedemptions(db, [
      entryOf(),
      spending('10.000001'),
      spending('9.999999'),
      entryOf(),
      spending('0.000001'),
      entryOf(),
      spending('0.000001'),
    ]);
    expect(kinds(outcomes)).toEqual(['recorded', 'refused', 'recorded', 'recorded', 'recorded', 'refused', 'refused']);
    expect([await used(), await used('code'), await used('budget')]).toEqual(['2.000000', '2.000000', '10.000000']);
  });

  test('an order counts once, in one batch and later', async () => {
    const first = entryOf({ orderId: 'o' });
    const outcomes = await recordRedemptions(db, [first, entryOf({ orderId: 'o' }), entryOf()]);
    expect(kinds(outcomes)).toEqual(['recorded', 'again', 'recorded']);
    const again = await recordOne(db, entryOf({ orderId: 'o', uses: [] }));
    expect(again).toEqual({ kind: 'exists', row: await getRedemption(db, PROVIDER, { id: first.id }) });
    expect(await used()).toBe('2.000000');
  });

  test('entries that limit one counter differently are counted one after the other', async () => {
    const limited = (limit: string) => entryOf({ uses: [{ ...ofPromotion, limit }] });
    const outcomes = await recordRedemptions(db, [limited('1'), limited('5')]);
    expect(kinds(outcomes)).toEqual(['recorded', 'again']);
    expect(kinds(await recordRedemptions(db, [limited('5'), limited('1')]))).toEqual(['recorded', 'refused']);
  });

  test.each(['promotions', 'promo_codes'])('what was judged by an old version of %s is judged again', async (table) => {
    await db(table).update({ version: 2 });
    expect(await recordOne(db, entryOf())).toEqual({ kind: 'stale' });
    const current = {
      promotions: new Map([['p', table === 'promotions' ? 2 : 1]]),
      codes: new Map([['c', table === 'promotions' ? 1 : 2]]),
    };
    expect(kinds(await recordRedemptions(db, [entryOf(), entryOf(current)]))).toEqual(['stale', 'recorded']);
    expect(await used()).toBe('1.000000');
  });

  test('what was judged by the rules in memory is judged again where these are old', async () => {
    const [{ catalog_version: catalogVersion }] = await db('providers').where({ id: PROVIDER }).select();
    const old = entryOf({ catalogVersion: catalogVersion - 1 });
    expect(await recordOne(db, old)).toEqual({ kind: 'stale' });
    const batch = [entryOf({ catalogVersion }), old, entryOf()];
    expect(kinds(await recordRedemptions(db, batch))).toEqual(['recorded', 'stale', 'recorded']);
  });

  test.each([
    '__proto__',
    'constructor',
    '0',
    'Ünï "\\',
  ])('a customer %s has a limit of their own', async (customerId) => {
    const uses: Use[] = [{ kind: 'promotion_customer', subject: 'p', customerId, amount: '1', limit: '1' }];
    expect(kinds(await recordRedemptions(db, [entryOf({ uses }), entryOf({ uses })]))).toEqual(['recorded', 'refused']);
  });

  test('the ledger of redemptions waits for a limit that is being lowered, and does not count by the old one', async () => {
    await recordOne(db, entryOf());
    const outcome = await whileOpen(
      (trx) => trx('promotions').update({ limit_total: 1, version: 2 }),
      () => recordOne(db, entryOf()),
    );
    expect(outcome).toEqual({ kind: 'stale' });
  });

  test('the ledger of redemptions waits for a code that is being removed, and does not count it', async () => {
    const outcome = await whileOpen(
      async (trx) => {
        const code = await lockPromoCode(trx, PROVIDER, 'p', { id: 'c' });
        if (code !== undefined) await removePromoCode(trx, PROVIDER, code);
      },
      () => recordOne(db, entryOf()),
    );
    expect(outcome).toEqual({ kind: 'stale' });
    expect(await getPromoCode(db, PROVIDER, 'p', { id: 'c' })).toBeUndefined();
    expect(await db('redemptions')).toEqual([]);
  });

  test('whoever removes a promotion waits for a redemption of it, and may not then', async () => {
    const removal = whileOpen(
      (trx) => recordOne(trx, entryOf()),
      () =>
        db.transaction(async (trx) => {
          const promotion = await lockPromotion(trx, PROVIDER, { id: 'p' });
          if (promotion !== undefined) await removePromotion(trx, PROVIDER, promotion);
        }),
    );
    await expect(removal).rejects.toMatchObject({ code: 'promotion_redeemed' });
  });

  test('the ledger of redemptions counts on top of what others counted meanwhile: a counter that they made, the last use, the same order', async () => {
    const first = await whileOpen(
      (trx) => recordOne(trx, entryOf()),
      () => recordOne(db, entryOf()),
    );
    expect([first.kind, await used()]).toEqual(['recorded', '2.000000']);
    await db('usage_counters').where({ kind: 'promotion' }).update({ used: 1 });
    const second = await whileOpen(
      (trx) => recordOne(trx, entryOf()),
      () => recordOne(db, entryOf()),
    );
    expect([second.kind, await used()]).toEqual(['refused', '2.000000']);
    const third = await whileOpen(
      (trx) => recordOne(trx, entryOf({ orderId: 'o', uses: [] })),
      () => recordOne(db, entryOf({ orderId: 'o', uses: [] })),
    );
    expect(third.kind).toBe('exists');
  });

  test('the ledger of redemptions counts and gives back every use although others count all of them meanwhile', async () => {
    const uses = ['a', 'b', 'c', 'd'].map((subject): Use => ({ kind: 'promotion', subject, amount: '1', limit: '50' }));
    const entry = () => entryOf({ uses, promotions: new Map(), codes: new Map() });
    const first = entry();
    await recordOne(db, first);
    const others = (trx: Knex.Transaction) => trx('usage_counters').update({ used: trx.raw('used + 10') });
    const all = async () => (await db('usage_counters').pluck('used')).map(Number);
    expect((await whileOpen(others, () => recordOne(db, entry()))).kind).toBe('recorded');
    expect(await all()).toEqual([12, 12, 12, 12]);
    await whileOpen(others, () => db.transaction((trx) => releaseUses(trx, PROVIDER, [first.id])));
    expect(await all()).toEqual([21, 21, 21, 21]);
  });

  test('a counter that is not written fails all of it, which is tried again', async () => {
    const losing = (times: number) =>
      db.raw(`create or replace function lose() returns trigger language plpgsql as $$ begin
        if new.subject = 'p' and nextval('losses') <= ${times} then return null; end if;
        return new;
      end $$`);
    await db.raw('create sequence losses');
    await losing(3);
    await db.raw('create trigger lose before insert on usage_counters for each row execute function lose()');
    try {
      expect((await recordOne(db, entryOf())).kind).toBe('recorded');
      expect([await used(), await used('code')]).toEqual(['1.000000', '1.000000']);
      expect(Number((await db('losses').first('last_value')).last_value)).toBe(4);
      await losing(1000);
      await expect(recordOne(db, entryOf())).rejects.toMatchObject({ code: '40001' });
    } finally {
      await db.raw('drop trigger lose on usage_counters; drop function lose; drop sequence losses');
    }
    expect([await used(), await used('code')]).toEqual(['1.000000', '1.000000']);
    expect(await db('redemptions').count()).toEqual([{ count: 1 }]);
  });

  test('what is refused in a transaction leaves no lock behind', async () => {
    await recordRedemptions(db, [entryOf(), entryOf()]);
    await db.transaction(async (trx) => {
      expect(await recordOne(trx, entryOf())).toEqual({ kind: 'refused' });
      for (const table of ['usage_counters', 'promotions', 'promo_codes']) await db(table).forUpdate().noWait();
    });
  });

  describe('holds', () => {
    const hold = async () => {
      const entry = entryOf({ holdSeconds: 0.3 });
      await recordOne(db, entry);
      return entry.id;
    };
    const isExpired = async (id: string) => (await getRedemption(db, PROVIDER, { id }))?.status === 'expired';
    const settle = async (on: Knex.Transaction, id: string, change: typeof confirmRedemption) => {
      const row = await lockRedemption(on, PROVIDER, { id });
      if (row === undefined) throw new Error(`There is no redemption ${id}`);
      return change(on, row, new Date());
    };

    test('expired ones make room, and give their uses back once whoever asks for it', async () => {
      const ids = [await hold(), await hold()];
      for (const id of ids) await until(() => isExpired(id));
      expect(await used()).toBe('2.000000');
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => recordOne(db, entryOf())));
      expect(kinds(outcomes).sort()).toEqual([...Array(2).fill('recorded'), ...Array(6).fill('refused')]);
      expect([await used(), await used('code')]).toEqual(['2.000000', '2.000000']);
    });

    test('a quote sees them as free before, while and after their uses are given back', async () => {
      const ids = [await hold(), await hold()];
      for (const id of ids) await until(() => isExpired(id));
      const seen: number[] = [];
      const look = async () => {
        const { usage, codes } = await loadFacts(db, PROVIDER, { codes: ['c'], rules: ['p'] });
        seen.push(usage.get('p')?.total ?? Number.NaN, codes.get('c')?.redemptions ?? Number.NaN);
      };
      await Promise.all([
        ...Array.from({ length: 20 }, look),
        ...Array.from({ length: 4 }, () => releaseExpiredHolds(db, PROVIDER)),
        ...Array.from({ length: 20 }, look),
      ]);
      await look();
      expect(seen).toEqual(Array(82).fill(0));
      expect(await used()).toBe('0.000000');
    });

    /** A hold is settled in time, by a transaction that ends after the hold has expired; meanwhile somebody wants its use. */
    async function settleLate(change: typeof confirmRedemption, status: string) {
      const id = await hold();
      await recordOne(db, entryOf());
      const outcome = await whileOpen(
        async (trx) => {
          expect((await settle(trx, id, change)).status).toBe(status);
          await until(() => isExpired(id));
        },
        () => recordOne(db, entryOf()),
      );
      return { id, outcome };
    }

    test('a confirmation that came in time but ends late counts; nobody gets its use', async () => {
      const { id, outcome } = await settleLate(confirmRedemption, 'confirmed');
      expect(outcome).toEqual({ kind: 'refused' });
      expect((await getRedemption(db, PROVIDER, { id }))?.status).toBe('confirmed');
      expect(await used()).toBe('2.000000');
    });

    test('a cancellation and an expiry at the same time give back once', async () => {
      const { outcome } = await settleLate(cancelRedemption, 'cancelled');
      expect(outcome.kind).toBe('recorded');
      expect(await used()).toBe('2.000000');
    });

    test('confirmed and cancelled at the same time, it ends as one of them, and the counter agrees', async () => {
      for (let round = 0; round < 10; round++) {
        const entry = entryOf({ holdSeconds: 60 });
        await recordOne(db, entry);
        await Promise.allSettled(
          [confirmRedemption, cancelRedemption, confirmRedemption, cancelRedemption].map((change) =>
            db.transaction((trx) => settle(trx, entry.id, change)),
          ),
        );
        expect((await getRedemption(db, PROVIDER, { id: entry.id }))?.status).toBe('cancelled');
        expect(await used()).toBe('0.000000');
      }
    });
  });

  test('an older release that redeems a returned order again is told so by a violation that it does not take for a race', async () => {
    const returned = entryOf({ orderId: 'o' });
    await recordOne(db, returned);
    await db('redemptions').update({ status: 'returned' });
    const { request, quote } = returned;
    const asBefore = { provider_id: PROVIDER, id: newId(), order_id: 'o', request_hash: '', request, quote };
    const again = db('redemptions').insert({ ...asBefore, status: 'confirmed' });
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'redemptions_returned' });
    expect((await recordOne(db, entryOf({ orderId: 'o' }))).kind).toBe('exists');
  });

  test('one bad entry of a batch harms no other', async () => {
    const coalescer = new Batcher((batch: readonly RedemptionEntry[]) => recordRedemptions(db, batch));
    const bad = { customerId: 'anna', discountId: 'd', startsAt: '2026-11-21T00:00:00Z', endsAt: 'never', terms };
    const submitted = Array.from({ length: 40 }, (_, index) =>
      coalescer.submit(entryOf({ uses: [ofCode], ...(index === 17 && { grants: [bad] }) })),
    );
    const settled = await Promise.allSettled(submitted);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(settled[17]).toMatchObject({ status: 'rejected', reason: { code: '22007' } });
    expect(await used('code')).toBe('39.000000');
  });

  test('a pooler that loses named statements costs nothing but the name', async () => {
    const alone = await createTestDatabase();
    try {
      await alone.db('providers').insert({ id: PROVIDER, name: 'North', time_zone: 'UTC', default_language: 'en' });
      const plain = () => entryOf({ uses: [], promotions: new Map(), codes: new Map() });
      await recordOne(alone.db, plain());
      await alone.db.raw('deallocate all');
      expect((await recordOne(alone.db, plain())).kind).toBe('recorded');
      expect((await recordOne(alone.db, plain())).kind).toBe('recorded');
    } finally {
      await alone.drop();
    }
  });
});
