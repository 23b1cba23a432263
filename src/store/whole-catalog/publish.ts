import type { Knex } from 'knex';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../engine/vocabulary/provider';
import { Conflict } from '../database/errors';
import { pipelined } from '../database/pipelined';
import { execute, preparedStatement } from '../database/prepared-statement';
import { allIds, partsOf, readResources, type WrittenIds } from './resources';
import {
  clearDocuments,
  DOCUMENTS_STATE,
  type DocumentRow,
  type DocumentsState,
  documentsOf,
  isDocumented,
  type ReadDocument,
  type RuleCounts,
  saveDocuments,
} from './rule-documents';
import { unknownIds, type WrittenRules } from './whole-resources';

/** A provider's row once a write is counted. */
interface CountedProvider {
  catalog_version: number;
  settings: SettingsInput;
  rules: number;
  rule_bytes: number;
}

/** What a version of the catalog has written. */
export interface RuleNews {
  documents: readonly ReadDocument[];
  /** What all rules take in memory from then on. */
  bytes: number;
}

/** A version of the catalog that a write has made. */
export interface PublishedRules {
  version: number;
  /** What the version has written; `undefined`: it is to be read. */
  news?: RuleNews | undefined;
}

/**
 * Makes a write of the catalog what quotes go by, at the end of its transaction: counts its version, writes the
 * documents of what it wrote, and refuses one that leaves the provider with more rules than it may have. Last, because
 * writers of the same provider wait for its row.
 */
export async function publishRules(
  trx: Knex.Transaction,
  providerId: string,
  { ids, known }: WrittenRules,
  mostBytes: number,
): Promise<PublishedRules> {
  const isSmall = Object.values(ids).reduce((sum, { size }) => sum + size, 0) <= PER_PART;
  const documents = isSmall ? await readDocuments(trx, providerId, { ids, known }) : [];
  const [provider, saved] = await pipelined(
    trx,
    () => countWrite(trx, providerId),
    () => saveDocuments(trx, providerId, documents),
  );
  // The provider was removed in the meantime, and the writes with it.
  if (provider === undefined) return { version: 0 };
  const version = provider.catalog_version;
  let counts = saved ?? (await remake(trx, providerId, version));
  if (saved !== undefined && !isSmall) counts = await saveInParts(trx, providerId, ids);
  refuseTooMany(counts, provider, mostBytes);
  return { version, news: saved !== undefined && isSmall ? { documents, bytes: saved.bytes } : undefined };
}

async function readDocuments(trx: Knex.Transaction, providerId: string, written: WrittenRules): Promise<DocumentRow[]> {
  const { ids, known } = written;
  const read = await readResources(trx, providerId, unknownIds(written));
  if (known === undefined) return documentsOf(ids, read);
  return documentsOf(ids, {
    ...read,
    promotions: [...read.promotions, ...known.promotions],
    relatedProducts: [...read.relatedProducts, ...known.relatedProducts],
    upgradePaths: [...read.upgradePaths, ...known.upgradePaths],
    plans: [...read.plans, ...known.plans],
  });
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
  return saveInParts(trx, providerId, await allIds(trx, providerId));
}

/** So many resources are read at once; others get their turn in between. */
const PER_PART = 200;

/** A catalog may be larger than memory, where it is only written. */
async function saveInParts(trx: Knex.Transaction, providerId: string, written: WrittenIds): Promise<RuleCounts> {
  let counts = await saveDocuments(trx, providerId, [], true);
  for (const part of partsOf(written, PER_PART)) {
    const documents = documentsOf(part, await readResources(trx, providerId, part));
    counts = await saveDocuments(trx, providerId, documents, true);
  }
  return counts ?? { rules: 0, bytes: 0 };
}

const COUNT = preparedStatement(`
  update providers set catalog_version = catalog_version + 1 where id = $1
  returning catalog_version, settings, rules, rule_bytes`);

async function countWrite(trx: Knex.Transaction, providerId: string): Promise<CountedProvider | undefined> {
  const [provider] = await execute<CountedProvider>(trx, COUNT, [providerId]);
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
