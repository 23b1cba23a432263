import type { Plan } from '../../../src/engine/vocabulary/plan';
import { createProvider } from '../../../src/store/providers/providers';
import { type LoadedCatalog, loadCatalog, nextCatalog } from '../../../src/store/whole-catalog/load-catalog';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const AT = new Date('2026-06-01T00:00:00Z');
/** More than are sorted at once, twice over. */
const MANY = 5_001;

let database: TestDatabase;
let catalog: LoadedCatalog;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await db.transaction((trx) =>
    createProvider(trx, { id: 'north', name: 'north', timeZone: 'UTC', defaultLanguage: 'en' }, AT),
  );
  // Every database sorts letters, digits and signs in another order than we do.
  const ids = Array.from({ length: MANY }, (_, index) => `${'aB-_9'.charAt(index % 5)}${(index * 7_919) % MANY}`);
  const plan = { provider_id: 'north', service_type: 'vds', tags: [], created_at: AT, updated_at: AT, version: 1 };
  await db.batchInsert(
    'plans',
    ids.map((id) => ({ ...plan, id })),
    1_000,
  );
  // The first reading makes the documents that the second one reads.
  const fromRows = await loadCatalog(db, 'north');
  catalog = await loadCatalog(db, 'north');
  expect(catalog.plans).toEqual(fromRows.plans);
});
afterAll(() => database.drop());

const idsOf = ({ plans }: LoadedCatalog) => plans.map(({ id }) => id);
const written = (plan: Plan | string) => ({
  kind: 'plan' as const,
  id: typeof plan === 'string' ? plan : plan.id,
  document: typeof plan === 'string' ? null : JSON.stringify(plan),
  filed: null,
});

test('a catalog that is sorted in parts is in one order', () => {
  expect(idsOf(catalog)).toHaveLength(MANY);
  expect(idsOf(catalog)).toEqual([...new Set(idsOf(catalog))].sort());
});

test('what a version has written, added and removed lies in its place', async () => {
  const [first, second, third] = catalog.plans as [Plan, Plan, Plan];
  const last = catalog.plans.at(-1) as Plan;
  const documents = [
    written({ ...last, id: 'zz' }),
    written(second.id),
    written({ ...third, serviceType: 'vps' }),
    written({ ...first, id: '!' }),
    written('never-there'),
    written({ ...last, id: 'a5000x' }),
  ];
  const next = await nextCatalog(catalog, 2, { documents, bytes: 1 });
  const ids = idsOf(catalog).filter((id) => id !== second.id);
  expect(idsOf(next)).toEqual([...ids, '!', 'zz', 'a5000x'].sort());
  expect(next.plans.find(({ id }) => id === third.id)?.serviceType).toBe('vps');
  expect(next.plans.at(1)).toBe(first);
  expect(next.promotions).toBe(catalog.promotions);
});
