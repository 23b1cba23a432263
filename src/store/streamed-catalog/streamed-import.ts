import type { Knex } from 'knex';
import type { AuditedChange } from '../audit-log';
import { nextVersion } from '../database/rows';
import { inSlices } from '../slices';
import { type CatalogChanges, type CatalogCounts, differencesInSteps } from '../whole-catalog/changes';
import type { Writing } from '../whole-catalog/entries';
import { writeCatalogRows, writtenInSteps } from '../whole-catalog/import';
import { planInSteps } from '../whole-catalog/plan';
import { type Kind, nothingWritten, type WrittenIds } from '../whole-catalog/resources';
import type { CatalogRows } from '../whole-catalog/rows';
import { promotionsLeft, stagedParts, storedPromotions } from './staged-parts';

/** What an import did, and the resources that are to be published. */
export interface StreamedImport {
  changes: CatalogChanges & { counts: CatalogCounts };
  written: WrittenIds;
}

/** So many changes of each kind are told. */
const MOST_TOLD = 1_000;
const PER_PART = 200;

/** Makes the catalog equal to a staged and matched document, part by part; `record` keeps what each part changes. */
export async function importStaged(
  trx: Knex.Transaction,
  writing: Writing,
  record: (audited: readonly AuditedChange[]) => Promise<void>,
): Promise<StreamedImport> {
  const { providerId, at } = writing;
  const outcome: StreamedImport = {
    changes: { created: [], changed: [], archived: [], counts: { created: 0, changed: 0, archived: 0 } },
    written: nothingWritten(),
  };
  const write = async (before: CatalogRows, after: CatalogRows): Promise<void> => {
    const { changes, audited } = await inSlices(differencesInSteps(before, after));
    if (audited.length === 0) return;
    await writeCatalogRows(trx, providerId, before, after);
    await record(audited);
    add(outcome, changes, await inSlices(writtenInSteps(before, after)));
  };
  const left = await promotionsLeft(trx, providerId);
  let parts = 0;
  for await (const { stored, document } of stagedParts(trx, writing)) {
    // The plans of foreign-key checks are kept; those of small tables read them whole, for every row of large ones.
    if (isPowerOfTwo(++parts)) await trx.raw('discard plans');
    await write(stored, await inSlices(planInSteps(writing, stored, document)));
  }
  // A promotion that a discount has left is another one than before.
  for (let from = 0; from < left.length; from += PER_PART) {
    const before = await storedPromotions(trx, providerId, left.slice(from, from + PER_PART));
    const promotions = before.promotions.map((row) =>
      row.updated_at.getTime() === at.getTime() ? row : { ...row, ...nextVersion(row, at) },
    );
    await write(before, { ...before, promotions });
  }
  return outcome;
}

function add({ changes, written }: StreamedImport, more: CatalogChanges, ids: WrittenIds): void {
  for (const outcome of ['created', 'changed', 'archived'] as const) {
    changes.counts[outcome] += more[outcome].length;
    changes[outcome].push(...more[outcome].slice(0, MOST_TOLD - changes[outcome].length));
  }
  for (const [kind, set] of Object.entries(ids) as [Kind, Set<string>][]) for (const id of set) written[kind].add(id);
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
