import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('of a large answer that is taken in slices nothing is lost, and the connection goes on', async () => {
  const { db } = database;
  const large = "select n, repeat('x', 200) as filler from generate_series(1, 100000) n";
  await db.transaction(async (trx) => {
    for (const _ of [1, 2]) {
      const { rows } = await trx.raw<{ rows: { n: number; filler: string }[] }>(large);
      expect(rows).toHaveLength(100_000);
      expect(rows.every(({ n, filler }, index) => n === index + 1 && filler.length === 200)).toBe(true);
    }
    expect((await trx.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
