import type { Knex } from 'knex';
import { formatInstant, type Instant } from '../engine/time/instant';
import type { Id, Term } from '../engine/vocabulary/resource';
import { newId } from './database/id';
import type { PageRequest } from './database/requests';
import { insertRows, toDate, withoutNulls } from './database/rows';

/** What was done; `import`: by a whole catalog document. */
export type AuditAction = 'create' | 'replace' | 'patch' | 'remove' | 'generate' | 'import';

/** A kind of resource whose writes are recorded. */
export type AuditedType =
  | 'provider'
  | 'api_key'
  | 'tag'
  | 'plan'
  | 'promotion'
  | 'promo_code'
  | 'discount'
  | 'grant'
  | 'customer'
  | 'related_product'
  | 'upgrade_path'
  | 'webhook'
  | 'condition_type'
  | 'discount_type';

/** A resource as it was or became; one that is very large is left out and says so in `omitted`. */
export type AuditedState = { [name: string]: unknown };

/** One write: who changed what and when. */
export interface AuditEntry {
  /** The entry's id; later entries have higher ids. */
  id: Id;
  /** When it was written. */
  at: Instant;
  /** The id of the API key that wrote, or `admin`. */
  actor: Term;
  /** The kind of that key. */
  keyKind: 'admin' | 'secret';
  /**
   * The id of the request, as in its `X-Request-Id`.
   * @maxLength 200
   */
  requestId: string;
  /** What was done. */
  action: AuditAction;
  /** The kind of resource. */
  resourceType: AuditedType;
  /** The id of the resource. */
  resourceId: Term;
  /**
   * Its key at that time; of a promo code the code.
   * @maxLength 200
   */
  key?: string;
  /**
   * Its name at that time.
   * @maxLength 200
   */
  name?: string;
  /** The resource as it was; absent: it was new. */
  before?: AuditedState;
  /** The resource as it became; absent: it is gone. */
  after?: AuditedState;
}

/** Who writes, as far as the request tells. */
export interface Author {
  at: Date;
  actor: string;
  keyKind: 'admin' | 'secret';
  requestId: string;
}

/** What happened to one resource. */
export interface AuditedChange {
  action: AuditAction;
  resourceType: AuditedType;
  resourceId: string;
  before?: object | undefined;
  after?: object | undefined;
}

/** Which entries a list shows. */
export interface AuditFilter {
  resourceType?: AuditedType | undefined;
  resourceId?: string | undefined;
  actor?: string | undefined;
  action?: AuditAction | undefined;
  /** Inclusive start. */
  from?: Instant | undefined;
  /** Exclusive end. */
  to?: Instant | undefined;
}

interface Row {
  provider_id: string;
  id: string;
  at: Date;
  actor: string;
  key_kind: 'admin' | 'secret';
  request_id: string;
  action: AuditAction;
  resource_type: AuditedType;
  resource_id: string;
  resource_key: string | null;
  resource_name: string | null;
  before: AuditedState | null;
  after: AuditedState | null;
}

/** In characters of JSON: a page of the log stays readable. */
const MOST_PER_STATE = 64 * 1024;

/** Records what one request changes, in the transaction that changes it. */
export async function recordChanges(
  trx: Knex.Transaction,
  providerId: string,
  author: Author,
  changes: readonly AuditedChange[],
): Promise<void> {
  for (let from = 0; from < changes.length; from += ENTRIES_AT_ONCE) {
    const rows = changes.slice(from, from + ENTRIES_AT_ONCE).map((change) => rowOf(providerId, author, change));
    await insertRows(trx, 'audit_log', rows);
  }
}

/** So many go into one statement; an import changes thousands of resources, and others must get their turn. */
const ENTRIES_AT_ONCE = 200;

function rowOf(
  providerId: string,
  author: Author,
  { action, resourceType, resourceId, before, after }: AuditedChange,
): Row {
  const named = { ...before, ...after } as { key?: string; code?: string; name?: string };
  return {
    provider_id: providerId,
    id: newId(),
    at: author.at,
    actor: author.actor,
    key_kind: author.keyKind,
    request_id: author.requestId,
    action,
    resource_type: resourceType,
    resource_id: resourceId,
    resource_key: named.key ?? named.code ?? null,
    resource_name: named.name ?? null,
    before: bounded(before),
    after: bounded(after),
  };
}

/** Lists a page of the provider's log, the newest first; entries of a deleted provider with the same id are hidden. */
export async function listAuditLog(
  db: Knex,
  providerId: string,
  filter: AuditFilter,
  slice: PageRequest,
): Promise<AuditEntry[]> {
  const query = db<Row>('audit_log')
    .where('provider_id', providerId)
    .where('at', '>=', db('providers').where('id', providerId).select('created_at'))
    .orderBy('id', 'desc')
    .limit(slice.limit);
  if (slice.after !== undefined) query.where('id', '<', slice.after);
  if (filter.resourceType !== undefined) query.where('resource_type', filter.resourceType);
  if (filter.resourceId !== undefined) query.where('resource_id', filter.resourceId);
  if (filter.actor !== undefined) query.where('actor', filter.actor);
  if (filter.action !== undefined) query.where('action', filter.action);
  const [from, to] = [toDate(filter.from), toDate(filter.to)];
  if (from !== null) query.where('at', '>=', from);
  if (to !== null) query.where('at', '<', to);
  return (await query.select<Row[]>('*')).map(toEntry);
}

function toEntry(row: Row): AuditEntry {
  return {
    id: row.id,
    at: formatInstant(row.at.getTime()),
    actor: row.actor,
    keyKind: row.key_kind,
    requestId: row.request_id,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    ...withoutNulls({ key: row.resource_key, name: row.resource_name, before: row.before, after: row.after }),
  };
}

function bounded(state: object | undefined): AuditedState | null {
  if (state === undefined) return null;
  const { length } = JSON.stringify(state);
  return length <= MOST_PER_STATE ? { ...state } : { omitted: `${length} characters of JSON are too many for the log` };
}
