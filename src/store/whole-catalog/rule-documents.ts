import type { Knex } from 'knex';
import { CONDITION_KINDS } from '../../engine/conditions/index';
import { VALUE_KINDS } from '../../engine/discount-values/index';
import { fileDiscount, filePromotion, fileRelatedProduct } from '../../engine/rulebook/filing';
import { isArchived } from '../../engine/vocabulary/resource';
import { execute, hotStatement, preparedStatement } from '../database/prepared-statement';
import type { Kind, RuleResources, WrittenIds } from './resources';

/** Counts up when a resource is written as another document than before, so that no release reads what it did not write. */
const FORMAT = 4;

/** What a compiled resource takes beside the characters of its document, and for each value in it: about, as measured. */
const BYTES_PER_RESOURCE = 500;
const BYTES_PER_VALUE = 80;

/** A row of `rule_documents`. */
export interface DocumentRow {
  kind: Kind;
  id: string;
  document: string | null;
  filed: string | null;
  types: string[];
  bytes: number;
  rules: number;
}

/** A part of a document that has a type. */
interface Typed {
  type: string;
}

/** How much of rules a provider has. */
export interface RuleCounts {
  rules: number;
  bytes: number;
}

/** How far the documents of a provider can be used. */
export interface DocumentsState {
  catalog_version: number;
  documented_version: number | null;
  documented_from: number | null;
  documents_format: number | null;
}

/** The columns of `providers` that say how far its documents can be used. */
export const DOCUMENTS_STATE = [
  'catalog_version',
  'documented_version',
  'documented_from',
  'documents_format',
] as const satisfies (keyof DocumentsState)[];

/** Returns whether the documents hold a version of the catalog. */
export function isDocumented({ documented_version, documents_format }: DocumentsState, version: number): boolean {
  return documented_version === version && documents_format === FORMAT;
}

/** A document, or that there is none any more. */
export interface ReadDocument {
  kind: Kind;
  id: string;
  document: string | null;
  /** Where it is filed, of what is not read before a cart meets it. */
  filed: string | null;
}

/** What a provider's quotes are made by, as one statement reads it. */
export interface DocumentedRules {
  /** The provider as JSON. */
  provider: string;
  /** The version of the rules. */
  version: number;
  /** What all of them take in memory once they are compiled. */
  bytes: number;
  /** Whether only what is newer than the version that was asked for. */
  isNews: boolean;
  documents: readonly ReadDocument[];
}

/** A provider's row of the answer comes first, and has what the others lack. */
interface AnswerRow extends Omit<ReadDocument, 'kind'> {
  kind: Kind | 'provider';
  unknown: string[] | null;
  version: number | null;
  bytes: number | null;
  is_news: boolean | null;
}

/** One statement, so that it is of one moment, and one round trip. */
const READ = preparedStatement(`
  with documented as (
    select *, documented_from <= $2 as is_news from providers
    where id = $1 and documented_version = catalog_version and documents_format = ${FORMAT}
  )
  select 'provider' as kind, id, json_build_object('id', id, 'timeZone', time_zone, 'defaultLanguage', default_language,
    'settings', settings)::text as document, null as filed, null::text[] as unknown, catalog_version as version, rule_bytes as bytes, is_news
  from documented
  union all
  select d.kind, d.id, d.document, d.filed, case when d.types <@ $3 then null else d.types end, null, null, null
  from documented p join rule_documents d on d.provider_id = p.id
  where d.catalog_version > case when p.is_news then $2 else -1 end`);

const KNOWN_TYPES = [...Object.keys(CONDITION_KINDS), ...Object.keys(VALUE_KINDS)];

/**
 * Returns the provider's documents, or of those that an older copy has not seen; `undefined` where they are not of the
 * catalog's version, or there is no such provider. A type that this release does not know is an error.
 */
export async function readDocuments(db: Knex, providerId: string, since = -1): Promise<DocumentedRules | undefined> {
  const rows = await execute<AnswerRow>(db, READ, [providerId, since, KNOWN_TYPES]);
  const provider = rows.find(({ kind }) => kind === 'provider');
  if (provider === undefined) return undefined;
  const documents = rows.filter((row): row is AnswerRow & ReadDocument => row.kind !== 'provider');
  for (const row of documents) if (row.unknown !== null) refuseUnknownTypes(row);
  return {
    provider: provider.document ?? '',
    version: provider.version ?? 0,
    bytes: provider.bytes ?? 0,
    isNews: provider.is_news ?? false,
    documents,
  };
}

/** A rule that this version cannot judge must not pass for one that does not apply. */
function refuseUnknownTypes({ kind, id, unknown }: AnswerRow): void {
  const type = unknown?.find((name) => !KNOWN_TYPES.includes(name));
  throw new Error(`The ${kind} ${id} has a part of the unknown type "${type}".`);
}

/**
 * Of a provider whose documents are of the version before, or of that of the rows themselves where they are made anew. Each
 * row keeps what it was before: to look that up is slow where the statistics know nothing of the provider. Its migration has
 * the text.
 */
const SAVE = hotStatement('select save_documents_1($1, $2, $3, $4) as counted', 'documents');

/** Returns the documents of what was written; what is not among the resources was removed. */
export function documentsOf(written: WrittenIds, resources: RuleResources): DocumentRow[] {
  const rows = rowsOf(resources);
  const kept = new Set(rows.map(({ kind, id }) => `${kind} ${id}`));
  for (const [kind, ids] of Object.entries(written) as [Kind, Set<string>][]) {
    for (const id of ids) if (!kept.has(`${kind} ${id}`)) rows.push(removed(kind, id));
  }
  return rows;
}

/**
 * Writes documents of the catalog's version, which the transaction has counted. `undefined`: those of the version before are
 * not there, and all must be made anew; `anew` says that they are being made.
 */
export async function saveDocuments(
  trx: Knex.Transaction,
  providerId: string,
  rows: readonly DocumentRow[],
  anew = false,
): Promise<RuleCounts | undefined> {
  const values = [providerId, FORMAT, JSON.stringify(rows), anew];
  const [row] = await execute<{ counted: RuleCounts | null }>(trx, SAVE, values);
  return row?.counted ?? undefined;
}

/** Removes all documents, so that they can be made anew from the whole catalog of a version. */
export async function clearDocuments(trx: Knex.Transaction, providerId: string, version: number): Promise<void> {
  await trx('rule_documents').where('provider_id', providerId).delete();
  await trx('providers')
    .where('id', providerId)
    .update({ documents_format: FORMAT, documented_from: version, rules: 0, rule_bytes: 0 });
}

function rowsOf(resources: RuleResources): DocumentRow[] {
  const { promotions, discounts, relatedProducts, upgradePaths, plans, conditionTypes, discountTypes } = resources;
  const rows: DocumentRow[] = [];
  for (const promotion of promotions) {
    const live = promotion.discounts.filter((discount) => !isArchived(discount)).length;
    const typed = [...promotion.conditions, ...promotion.discounts.flatMap(typedPartsOf)];
    const rules = isArchived(promotion) ? 0 : Math.max(1, live);
    rows.push(documentOf('promotion', promotion, rules, typed, filePromotion(promotion)));
  }
  for (const discount of discounts) {
    rows.push(documentOf('discount', discount, one(discount), typedPartsOf(discount), fileDiscount(discount)));
  }
  for (const product of relatedProducts) {
    const filed = fileRelatedProduct(product);
    rows.push(documentOf('relatedProduct', product, one(product), product.conditions, filed));
  }
  for (const path of upgradePaths) rows.push(documentOf('upgradePath', path, one(path), []));
  for (const plan of plans) rows.push(documentOf('plan', plan, 0, []));
  for (const type of conditionTypes) rows.push(documentOf('conditionType', type, 0, []));
  for (const type of discountTypes) rows.push(documentOf('discountType', type, 0, []));
  return rows;
}

function one(resource: Parameters<typeof isArchived>[0]): number {
  return isArchived(resource) ? 0 : 1;
}

function typedPartsOf({ value, conditions }: { value: Typed; conditions?: readonly Typed[] }): Typed[] {
  return [value, ...(conditions ?? [])];
}

function documentOf(
  kind: Kind,
  resource: { id: string },
  rules: number,
  typed: readonly Typed[] | undefined,
  filed?: object,
): DocumentRow {
  const document = JSON.stringify(resource);
  const values = document.split(',').length;
  const bytes = BYTES_PER_RESOURCE + document.length + BYTES_PER_VALUE * values;
  return {
    kind,
    id: resource.id,
    document,
    filed: filed ? JSON.stringify(filed) : null,
    types: [...new Set(typed?.map(({ type }) => type))],
    bytes,
    rules,
  };
}

function removed(kind: Kind, id: string): DocumentRow {
  return { kind, id, document: null, filed: null, types: [], bytes: 0, rules: 0 };
}
