import type { Stored } from '../../engine/vocabulary/resource';
import type { AuditedChange } from '../audit-log';
import type { StoredRow } from '../database/rows';
import { mapInSteps, type Steps } from '../slices';
import { isLive } from './document';
import { CATALOG_KINDS } from './kinds';
import { type CatalogRows, ownerOf, resourcesInSteps } from './rows';

/** The resource types of a catalog document. */
export type CatalogResourceType =
  | 'tag'
  | 'plan'
  | 'promotion'
  | 'discount'
  | 'related_product'
  | 'upgrade_path'
  | 'condition_type'
  | 'discount_type';

/** One resource that a document creates, changes or archives. */
export interface CatalogChange {
  /** The kind of resource. */
  type: CatalogResourceType;
  /**
   * Its key in a document; absent: it gets its id as key once it is created.
   * @maxLength 200
   */
  key?: string;
  /**
   * Its id; absent: it is not created yet.
   * @maxLength 200
   */
  id?: string;
  /**
   * Its name; a plan has none.
   * @maxLength 200
   */
  name?: string;
}

/** What a document changes: nothing, where the catalog is equal to it already. */
export interface CatalogChanges {
  /**
   * What is created.
   * @maxItems 1000000
   */
  created: CatalogChange[];
  /**
   * What is different, or no longer archived; a promotion whose discounts are different is listed too.
   * @maxItems 1000000
   */
  changed: CatalogChange[];
  /**
   * What the document no longer contains: archived, or where it has no status (tags, plans and types) removed.
   * @maxItems 1000000
   */
  archived: CatalogChange[];
  /** How many there are, where the document was NDJSON: the lists then have the first 1,000 of each. */
  counts?: CatalogCounts;
}

/** How many resources a document changes. */
export interface CatalogCounts {
  /**
   * New ones.
   * @isLong
   */
  created: number;
  /**
   * Different ones.
   * @isLong
   */
  changed: number;
  /**
   * Archived or removed ones.
   * @isLong
   */
  archived: number;
}

/** What a document knows by name. */
const TYPES_BY_NAME: ReadonlySet<CatalogResourceType> = new Set(['condition_type', 'discount_type']);

/** One resource before and after. */
interface Difference {
  outcome: keyof CatalogCounts;
  change: CatalogChange;
  audited: AuditedChange;
}

/** What is different between two states of a catalog: to answer and to record. */
export interface Differences {
  readonly changes: CatalogChanges;
  readonly audited: AuditedChange[];
}

/** Finds what is different between two states of a catalog. */
export function* differencesInSteps(before: CatalogRows, after: CatalogRows): Steps<Differences> {
  const differing = new Map<string, string[]>();
  for (const { list } of CATALOG_KINDS) {
    differing.set(list, differingIds(before[list], after[list]));
    yield;
  }
  const ids = new Set([...differing.values()].flat());
  // Of thousands of resources few are different, and only those are looked at whole.
  const resources = {
    before: yield* resourcesInSteps(only(before, ids)),
    after: yield* resourcesInSteps(only(after, ids)),
  };
  const differences: Difference[][] = [];
  for (const { list, type } of CATALOG_KINDS) {
    const states = { before: byId<Stored>(resources.before[list]), after: byId<Stored>(resources.after[list]) };
    const found = (id: string) => difference(type, id, states.before.get(id), states.after.get(id));
    differences.push(yield* mapInSteps(differing.get(list) ?? [], found));
  }
  const all = differences.flat();
  const those = (outcome: keyof CatalogCounts) =>
    all.filter((found) => found.outcome === outcome).map(({ change }) => change);
  return {
    changes: { created: those('created'), changed: those('changed'), archived: those('archived') },
    audited: all.map(({ audited }) => audited),
  };
}

/** Returns the same lists without the ids of what is not created. */
export function withoutNewIds({ created, ...changes }: CatalogChanges): CatalogChanges {
  const unsaved = (change: CatalogChange): CatalogChange => {
    // The id of a plan is the client's.
    if (change.type === 'plan') return change;
    const { id, ...unsaved } = change;
    if (unsaved.key === id) delete unsaved.key;
    return unsaved;
  };
  return { created: created.map(unsaved), ...changes };
}

function difference(
  type: CatalogResourceType,
  id: string,
  before: Stored | undefined,
  after: Stored | undefined,
): Difference {
  const resource = { ...before, ...after } as { key?: string; name?: string };
  return {
    outcome: outcomeOf(before, after),
    change: {
      type,
      key: resource.key ?? (TYPES_BY_NAME.has(type) ? resource.name : id) ?? id,
      id,
      ...(resource.name !== undefined && { name: resource.name }),
    },
    audited: { action: 'import', resourceType: type, resourceId: id, before, after },
  };
}

function outcomeOf(before: Stored | undefined, after: Stored | undefined): keyof CatalogCounts {
  if (before === undefined) return 'created';
  const leaves = isLive(before) && (after === undefined || !isLive(after));
  return leaves ? 'archived' : 'changed';
}

/** The oldest first. A discount that only has another place in its promotion's list keeps its version: it is the same. */
function differingIds(before: readonly StoredRow[], after: readonly StoredRow[]): string[] {
  const versions = { before: versionsOf(before), after: versionsOf(after) };
  const ids = [...new Set([...versions.before.keys(), ...versions.after.keys()])].sort();
  return ids.filter((id) => versions.before.get(id) !== versions.after.get(id));
}

function versionsOf(rows: readonly StoredRow[]): Map<string, number> {
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Returns the rows of the resources with these ids, with what is nested in them. */
function only(rows: CatalogRows, ids: ReadonlySet<string>): CatalogRows {
  const own = <R extends StoredRow>(list: readonly R[]): R[] => list.filter(({ id }) => ids.has(id));
  const discounts = rows.discounts.filter(({ id, promotion_id }) => ids.has(id) || ids.has(promotion_id ?? ''));
  const owners = new Set([...ids, ...discounts.map(({ id }) => id)]);
  return {
    // All of them, for their names.
    tags: rows.tags,
    plans: own(rows.plans),
    promotions: own(rows.promotions),
    discounts,
    relatedProducts: own(rows.relatedProducts),
    upgradePaths: own(rows.upgradePaths),
    pathTags: rows.pathTags.filter((row) => ids.has(row.upgrade_path_id)),
    conditions: rows.conditions.filter((row) => owners.has(ownerOf(row) ?? '')),
    conditionTypes: own(rows.conditionTypes),
    discountTypes: own(rows.discountTypes),
  };
}

function byId<T extends { id: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((member) => [member.id, member]));
}
