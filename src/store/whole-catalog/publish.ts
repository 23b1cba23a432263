import type { Knex } from 'knex';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../engine/vocabulary/provider';
import { Conflict } from '../database/errors';
import { allIds, partsOf, readResources, type WrittenIds } from './resources';
import {
  clearDocuments,
  DOCUMENTS_STATE,
  type DocumentsState,
  isDocumented,
  type RuleCounts,
  saveDocuments,
} from './rule-documents';

/** A provider's row once a write is counted. */
interface CountedProvider extends DocumentsState {
  settings: SettingsInput;
  rules: number;
  rule_bytes: number;
}

/**
 * Makes a write of the catalog what quotes go by, at the end of its transaction: counts its version, writes the
 * documents of what it wrote, and refuses one that leaves the provider with more rules than it may have. Last, because
 * writers of the same provider wait for its row. Answers the version.
 */
export async function publishRules(
  trx: Knex.Transaction,
  providerId: string,
  written: WrittenIds,
  mostBytes: number,
): Promise<number> {
  const provider = await countWrite(trx, providerId);
  // The provider was removed in the meantime, and the writes with it.
  if (provider === undefined) return 0;
  const version = provider.catalog_version;
  const counts = isDocumented(provider, version - 1)
    ? await saveInParts(trx, providerId, version, written)
    : await remake(trx, providerId, version);
  refuseTooMany(counts, provider, mostBytes);
  return version;
}

/** Creates the documents of a catalog that lacks current ones; a concurrent writer makes them itself. */
export async function documentRules(db: Knex, providerId: string): Promise<void> {
  await db.transaction(async (trx) => {
    const [provider] = await trx('providers')
      .where('id', providerId)
      .forUpdate()
      .skipLocked()
      .select<DocumentsState[]>(...DOCUMENTS_STATE);
    if (provider === undefined || isDocumented(provider, provider.catalog_version)) return;
    await remake(trx, providerId, provider.catalog_version);
  });
}

async function remake(trx: Knex.Transaction, providerId: string, version: number): Promise<RuleCounts> {
  await clearDocuments(trx, providerId, version);
  return saveInParts(trx, providerId, version, await allIds(trx, providerId));
}

/** So many resources are read at once. */
const PER_PART = 2_000;

/** A catalog may be larger than memory, where it is only written. */
async function saveInParts(
  trx: Knex.Transaction,
  providerId: string,
  version: number,
  written: WrittenIds,
): Promise<RuleCounts> {
  let counts: RuleCounts | undefined;
  for (const part of partsOf(written, PER_PART)) {
    counts = await saveDocuments(trx, providerId, version, part, await readResources(trx, providerId, part));
  }
  return counts ?? saveDocuments(trx, providerId, version, written, await readResources(trx, providerId, written));
}

async function countWrite(trx: Knex.Transaction, providerId: string): Promise<CountedProvider | undefined> {
  const [provider] = await trx('providers')
    .where('id', providerId)
    .increment('catalog_version')
    .returning<CountedProvider[]>([...DOCUMENTS_STATE, 'settings', 'rules', 'rule_bytes']);
  return provider;
}

/** A provider that has too many already, because it may have fewer now, can still write what adds none. */
function refuseTooMany(after: RuleCounts, before: CountedProvider, mostBytes: number): void {
  const maxRules = before.settings.maxRules ?? DEFAULT_SETTINGS.maxRules;
  if (after.rules > maxRules && after.rules > before.rules) {
    throw new Conflict(
      'too_many_rules',
      `The provider would have ${after.rules} rules; its maxRules is ${maxRules}. Archive or remove some.`,
    );
  }
  if (after.bytes > mostBytes && after.bytes > before.rule_bytes) {
    throw new Conflict(
      'too_many_rules',
      `The provider's rules would take ${inMegabytes(after.bytes)} MB in memory; at most ${inMegabytes(mostBytes)} MB are kept. Archive or remove some.`,
    );
  }
}

function inMegabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
