import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { toProblem } from '../../../src/http/answers/problem';
import { Context } from '../../../src/http/context';
import { inTransaction } from '../../../src/http/writes/transaction';
import type { Services } from '../../../src/services/caller';
import { createTestDatabase, type TestDatabase } from '../../support/database';

describe('a write', () => {
  let database: TestDatabase;
  let context: Context;
  beforeAll(async () => {
    database = await createTestDatabase();
    const services = { db: database.db } as Services;
    context = new Context(services, { socket: {} } as Request, {} as Response, 'request-1');
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.db('providers').delete();
  });

  const insert = (trx: Knex.Transaction, id: string) =>
    trx('providers').insert({ id, name: id, time_zone: 'UTC', default_language: 'en' });
  const fail = (trx: Knex.Transaction, code: string) =>
    trx.raw(`do $$ begin raise exception 'too bad' using errcode = '${code}'; end $$`);
  const ids = async () => (await database.db('providers').orderBy('id')).map(({ id }) => id);

  test.each([
    '40001',
    '40P01',
  ])('a write that PostgreSQL ended in favour of another (%s) happens again, as a whole', async (code) => {
    let attempts = 0;
    await inTransaction(context, async (trx) => {
      await insert(trx, 'north');
      if (++attempts < 3) await fail(trx, code);
    });
    expect(attempts).toBe(3);
    expect(await ids()).toEqual(['north']);
  });

  test('a write gives up after five attempts, with 503', async () => {
    let attempts = 0;
    const outcome = inTransaction(context, async (trx) => {
      attempts++;
      await insert(trx, 'north');
      await fail(trx, '40P01');
    });
    const problem = toProblem(await outcome.catch((error) => error));
    expect(problem).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    expect(attempts).toBe(5);
    expect(await ids()).toEqual([]);
  });

  test('a write that fails for another reason is not tried again', async () => {
    let attempts = 0;
    const outcome = inTransaction(context, async (trx) => {
      attempts++;
      await fail(trx, '23514');
    });
    await expect(outcome).rejects.toMatchObject({ code: '23514' });
    expect(attempts).toBe(1);
  });

  test('a write inside the transaction of an idempotent request goes on after a deadlock too', async () => {
    await database.db.transaction(async (trx) => {
      context.db = trx;
      let attempts = 0;
      await insert(trx, 'before');
      await inTransaction(context, async (inner) => {
        await insert(inner, 'north');
        if (++attempts < 2) await fail(inner, '40P01');
      });
    });
    context.db = database.db;
    expect(await ids()).toEqual(['before', 'north']);
  });
});
