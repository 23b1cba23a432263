import type { Knex } from 'knex';
import type { CustomType, CustomUser } from '../../engine/rulebook/custom-type';
import type { Catalog } from '../../engine/rulebook/saved';
import { Saved, type SavedCatalog, savedCatalog } from '../../engine/rulebook/saved';
import type { UpgradePath } from '../../engine/rulebook/upgrade-path';
import { addTo } from '../../engine/vocabulary/lists';
import type { Plan } from '../../engine/vocabulary/plan';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../engine/vocabulary/provider';
import { inOrder } from '../../engine/vocabulary/resource';
import { NotFound } from '../database/errors';
import { inSlices, type Steps } from '../slices';
import { documentRules, type RuleNews } from './publish';
import { type Kind, type RuleResources, readResources } from './resources';
import { type DocumentedRules, type ReadDocument, readDocuments } from './rule-documents';

/** A catalog as it was read: its rules are read from their JSON when they are first asked for. */
export interface LoadedCatalog extends SavedCatalog, Pick<RuleResources, 'conditionTypes' | 'discountTypes'> {
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

/** How many documents are taken between two looks at the clock. */
const TAKEN_AT_ONCE = 50;

/** Returns the documents, laid over what was read before where they are only what is newer. */
function* documented(
  { provider, version, bytes, isNews, documents }: DocumentedRules,
  before: LoadedCatalog | undefined,
): Steps<LoadedCatalog> {
  const read = new Map<Kind, ReadDocument[]>();
  for (const [index, document] of documents.entries()) {
    addTo(read, document.kind, document);
    if (index % TAKEN_AT_ONCE === 0) yield;
  }
  const known = isNews ? before : undefined;
  const { settings, ...fields } = JSON.parse(provider) as Catalog['provider'];
  return {
    provider: { ...fields, settings: { ...DEFAULT_SETTINGS, ...settings } },
    version,
    promotions: yield* merged(known?.promotions, read.get('promotion'), savedIn),
    discounts: yield* merged(known?.discounts, read.get('discount'), savedIn),
    relatedProducts: yield* merged(known?.relatedProducts, read.get('relatedProduct'), savedIn),
    upgradePaths: yield* merged(known?.upgradePaths, read.get('upgradePath'), resourceIn<UpgradePath>),
    plans: yield* merged(known?.plans, read.get('plan'), resourceIn<Plan>),
    conditionTypes: yield* merged(known?.conditionTypes, read.get('conditionType'), resourceIn<CustomType>),
    discountTypes: yield* merged(known?.discountTypes, read.get('discountType'), resourceIn<CustomType>),
    bytes,
  };
}

/** Returns a list in the order of ids with what was written since; the same list where nothing was. */
function* merged<R extends { readonly id: string }>(
  list: readonly R[] = [],
  documents: readonly ReadDocument[] | undefined,
  take: (document: string, read: ReadDocument) => R,
): Steps<readonly R[]> {
  if (documents === undefined) return list;
  const written = yield* inOrderInSteps(documents);
  const all: R[] = [];
  let known = 0;
  for (const [index, read] of written.entries()) {
    const from = known;
    while (known < list.length && (list[known] as R).id < read.id) known++;
    for (const resource of list.slice(from, known)) all.push(resource);
    if (list[known]?.id === read.id) known++;
    if (read.document !== null) all.push(take(read.document, read));
    if (index % TAKEN_AT_ONCE === 0) yield;
  }
  return all.concat(list.slice(known));
}

/** How many are sorted at once. */
const SORTED_AT_ONCE = 2_000;

/** Returns documents in the order of ids: sorted in parts, which are then laid together. */
function* inOrderInSteps(documents: readonly ReadDocument[]): Steps<readonly ReadDocument[]> {
  let parts: (readonly ReadDocument[])[] = [];
  for (let from = 0; from < documents.length; from += SORTED_AT_ONCE) {
    parts.push(inOrder(documents.slice(from, from + SORTED_AT_ONCE)));
    yield;
  }
  while (parts.length > 1) {
    const halves = parts;
    parts = [];
    for (let at = 0; at < halves.length; at += 2) parts.push(yield* together(halves[at] ?? [], halves[at + 1] ?? []));
  }
  return parts[0] ?? [];
}

function* together(some: readonly ReadDocument[], others: readonly ReadDocument[]): Steps<readonly ReadDocument[]> {
  const all: ReadDocument[] = [];
  for (let at = 0, of = 0; all.length < some.length + others.length; ) {
    const [one, other] = [some[at], others[of]];
    const isFirst = other === undefined || (one !== undefined && one.id < other.id);
    all.push((isFirst ? one : other) as ReadDocument);
    if (isFirst) at++;
    else of++;
    if (all.length % SORTED_AT_ONCE === 0) yield;
  }
  return all;
}

function savedIn<R extends CustomUser, F>(document: string, { id, filed }: ReadDocument): Saved<R, F> {
  return new Saved<R, F>(id, JSON.parse(filed ?? '{}') as F, document);
}

function resourceIn<R>(document: string): R {
  return JSON.parse(document) as R;
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
  // Which texts come first is not for every database what it is here.
  const { conditionTypes, discountTypes, relatedProducts, upgradePaths, plans, ...resources } = await readResources(
    db,
    providerId,
  );
  const provider = {
    id: row.id,
    timeZone: row.time_zone,
    defaultLanguage: row.default_language,
    settings: { ...DEFAULT_SETTINGS, ...row.settings },
  };
  const ordered = {
    relatedProducts: inOrder(relatedProducts),
    upgradePaths: inOrder(upgradePaths),
    plans: inOrder(plans),
  };
  const catalog = savedCatalog({ provider, version: row.catalog_version, ...resources, ...ordered });
  return {
    ...catalog,
    conditionTypes: inOrder(conditionTypes),
    discountTypes: inOrder(discountTypes),
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
