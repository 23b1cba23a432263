import type { Knex } from 'knex';
import { reconcile } from '../../../src/store/reports/reconcile';

/** Asserts that every counter agrees with its redemptions, and that no limit is exceeded. */
export async function expectReconciled(db: Knex): Promise<void> {
  const { differences, excesses } = await reconcile(db);
  expect({ differences, excesses }).toEqual({ differences: [], excesses: [] });
}
