import type { Knex } from 'knex';
import type { Catalog } from '../../engine/rulebook/rulebook';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../engine/vocabulary/provider';
import { NotFound } from '../database/errors';
import { documentRules } from './publish';
import { byId, type Kind, type RuleResources, readResources } from './resources';
import { DOCUMENTS_STATE, type DocumentsState, isDocumented, type ReadDocument, readDocuments } from './rule-documents';

/** A catalog as it was read. */
export interface LoadedCatalog extends Catalog {
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
 * Everything that a provider has saved, of every status, as it was at one moment; ordered by id, nested lists in their
 * order. Of what was read `before` the parts that nobody has written since are taken over, the same objects as they are.
 */
export async function loadCatalog(db: Knex, providerId: string, before?: LoadedCatalog): Promise<LoadedCatalog> {
  if (db.isTransaction) return readBetweenWrites(db, providerId, before);
  const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
  const catalog = await db.transaction((trx) => readCatalog(trx, providerId, before), snapshot);
  // Only the next reading needs them, so that it is no matter where they cannot be made now.
  if (catalog.bytes === undefined) await documentRules(db, providerId).catch(() => undefined);
  return catalog;
}

/**
 * Reads inside a transaction that has begun, and so cannot have a snapshot any more: writers of the rules wait for it. They may
 * go on before the transaction ends, as what was locked since the savepoint is given back with it.
 */
async function readBetweenWrites(
  trx: Knex,
  providerId: string,
  before: LoadedCatalog | undefined,
): Promise<LoadedCatalog> {
  await trx.raw('savepoint reading_rules');
  try {
    await trx('providers').where('id', providerId).forShare().select('id');
    return await readCatalog(trx, providerId, before);
  } finally {
    await trx.raw('rollback to savepoint reading_rules');
  }
}

/** The columns of a provider that a catalog has something of. */
interface ProviderRow extends DocumentsState {
  id: string;
  time_zone: string;
  default_language: string;
  settings: SettingsInput;
  rule_bytes: number;
}

async function readCatalog(db: Knex, providerId: string, before: LoadedCatalog | undefined): Promise<LoadedCatalog> {
  const row = await db('providers')
    .where('id', providerId)
    .first<ProviderRow | undefined>(
      ...DOCUMENTS_STATE,
      'id',
      'time_zone',
      'default_language',
      'settings',
      'rule_bytes',
    );
  if (row === undefined) throw new NotFound('There is no such provider.');
  const documented = isDocumented(row, row.catalog_version);
  const resources = documented ? await readDocumented(db, row, before) : await readResources(db, providerId);
  return {
    provider: {
      id: row.id,
      timeZone: row.time_zone,
      defaultLanguage: row.default_language,
      settings: { ...DEFAULT_SETTINGS, ...row.settings },
    },
    version: row.catalog_version,
    ...resources,
    bytes: documented ? row.rule_bytes : undefined,
  };
}

/** What is newer than the reading before, laid over it; all where there was none since the documents were made anew. */
async function readDocumented(
  db: Knex,
  { id, documented_from }: ProviderRow,
  before: LoadedCatalog | undefined,
): Promise<RuleResources> {
  const known = before !== undefined && before.version >= (documented_from ?? 0) ? before : undefined;
  const documents = await readDocuments(db, id, known?.version ?? -1);
  const merged = <R extends { id: string }>(kind: Kind, list: readonly R[] | undefined): readonly R[] => {
    const written = documents.filter((document) => document.kind === kind);
    if (written.length === 0 && list !== undefined) return list;
    const ids = new Set(written.map((document) => document.id));
    return byId([...(list ?? []).filter((resource) => !ids.has(resource.id)), ...written.flatMap(parsed<R>)]);
  };
  return {
    promotions: merged('promotion', known?.promotions),
    discounts: merged('discount', known?.discounts),
    relatedProducts: merged('relatedProduct', known?.relatedProducts),
    upgradePaths: merged('upgradePath', known?.upgradePaths),
    plans: merged('plan', known?.plans),
  };
}

function parsed<R>({ document }: ReadDocument): R[] {
  return document === null ? [] : [JSON.parse(document) as R];
}
