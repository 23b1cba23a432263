import type { Knex } from 'knex';
import type { Catalog } from '../../engine/rulebook/rulebook';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../engine/vocabulary/provider';
import { inOrder } from '../../engine/vocabulary/resource';
import { NotFound } from '../database/errors';
import { inSlices, type Steps } from '../slices';
import { documentRules, type RuleNews } from './publish';
import { type Kind, type RuleResources, readResources } from './resources';
import { type DocumentedRules, readDocuments } from './rule-documents';

/** A catalog as it was read. */
export interface LoadedCatalog extends Catalog, RuleResources {
  /** What it takes in memory once it is compiled; `undefined`: nobody has measured it yet. */
  readonly bytes: number | undefined;
}

/** Counts the provider's catalog writes; undefined where there is no such provider. */
export async function catalogVersion(db: Knex, providerId: string): Promise<number | undefined> {
  const row = await db('providers')
    .where('id', providerId)
    .first<{ catalog_version: number } | undefined>('catalog_version');
  return row?.catalog_version;
}

/**
 * Reads everything that a provider has saved, of every status, as it was at one moment; ordered by id, nested lists in
 * their order. Of what was read `before` the parts that nobody has written since are taken over, the same objects as
 * they are.
 */
export async function loadCatalog(db: Knex, providerId: string, before?: LoadedCatalog): Promise<LoadedCatalog> {
  const read = await readDocuments(db, providerId, before?.version);
  if (read !== undefined) return inSlices(documented(read, before));
  const catalog = await loadRows(db, providerId);
  // Only the next reading needs them, so that it is no matter where they cannot be made now.
  if (!db.isTransaction) await documentRules(db, providerId).catch(() => undefined);
  return catalog;
}

/** Returns the next version of a catalog from what that has written. */
export async function nextCatalog(before: LoadedCatalog, version: number, news: RuleNews): Promise<LoadedCatalog> {
  return inSlices(documented({ ...news, provider: JSON.stringify(before.provider), version, isNews: true }, before));
}

/** How many documents are parsed between two looks at the clock. */
const PARSED_AT_ONCE = 50;

/** Returns the documents, laid over what was read before where they are only what is newer. */
function* documented(
  { provider, version, bytes, isNews, documents }: DocumentedRules,
  before: LoadedCatalog | undefined,
): Steps<LoadedCatalog> {
  const read = new Map<Kind, Map<string, object | undefined>>();
  for (const [index, { kind, id, document }] of documents.entries()) {
    const ofKind = read.get(kind) ?? new Map<string, object | undefined>();
    read.set(kind, ofKind);
    ofKind.set(id, document === null ? undefined : (JSON.parse(document) as object));
    if (index % PARSED_AT_ONCE === 0) yield;
  }
  const known = isNews ? before : undefined;
  const merged = <R extends { id: string }>(kind: Kind, list: readonly R[] = []): readonly R[] => {
    const ofKind = read.get(kind);
    if (ofKind === undefined) return list;
    const now = [...ofKind.values()].filter((resource) => resource !== undefined) as R[];
    return inOrder([...list.filter(({ id }) => !ofKind.has(id)), ...now]);
  };
  const { settings, ...fields } = JSON.parse(provider) as Catalog['provider'];
  return {
    provider: { ...fields, settings: { ...DEFAULT_SETTINGS, ...settings } },
    version,
    promotions: merged('promotion', known?.promotions),
    discounts: merged('discount', known?.discounts),
    relatedProducts: merged('relatedProduct', known?.relatedProducts),
    upgradePaths: merged('upgradePath', known?.upgradePaths),
    plans: merged('plan', known?.plans),
    conditionTypes: merged('conditionType', known?.conditionTypes),
    discountTypes: merged('discountType', known?.discountTypes),
    bytes,
  };
}

/** Returns the same from the rows that the documents are made of. */
async function loadRows(db: Knex, providerId: string): Promise<LoadedCatalog> {
  if (db.isTransaction) return readBetweenWrites(db, providerId);
  const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
  return db.transaction((trx) => readRows(trx, providerId), snapshot);
}

/**
 * Reads inside a transaction that has begun, and so cannot have a snapshot any more: writers of the rules wait for it. They may
 * go on before the transaction ends, as what was locked since the savepoint is given back with it.
 */
async function readBetweenWrites(trx: Knex, providerId: string): Promise<LoadedCatalog> {
  await trx.raw('savepoint reading_rules');
  try {
    await trx('providers').where('id', providerId).forShare().select('id');
    return await readRows(trx, providerId);
  } finally {
    await trx.raw('rollback to savepoint reading_rules');
  }
}

async function readRows(db: Knex, providerId: string): Promise<LoadedCatalog> {
  const row = await db('providers')
    .where('id', providerId)
    .first<ProviderRow | undefined>('id', 'time_zone', 'default_language', 'settings', 'catalog_version');
  if (row === undefined) throw new NotFound('The provider does not exist.');
  return {
    provider: {
      id: row.id,
      timeZone: row.time_zone,
      defaultLanguage: row.default_language,
      settings: { ...DEFAULT_SETTINGS, ...row.settings },
    },
    version: row.catalog_version,
    ...(await readResources(db, providerId)),
    bytes: undefined,
  };
}

/** The columns of a provider that a catalog has something of. */
interface ProviderRow {
  id: string;
  time_zone: string;
  default_language: string;
  settings: SettingsInput;
  catalog_version: number;
}
