import type { Knex } from 'knex';
import type { Status } from '../../engine/vocabulary/resource';
import { execute } from './prepared-statement';
import { statement, whereContains } from './rows';

/** How a path names a resource: by its id, or as `key:<key>`; reads as the condition of a query. */
export type ResourceRef = { id: string } | { key: string };

/** Reads the last part of a path: `key:<key>` is a client's key, everything else an id. */
export function addressOf(pathId: string): ResourceRef {
  return pathId.startsWith('key:') ? { key: pathId.slice('key:'.length) } : { id: pathId };
}

/** Which part of a list to read, in the order of ids. */
export interface PageRequest {
  /** At most so many. */
  limit: number;
  /** Only those after this id. */
  after?: string;
}

/** Which rows of a table a list shows. */
export interface RowFilter {
  status?: Status | undefined;
  /** Part of the name. */
  q?: string | undefined;
}

/** Selects a page of the provider's rows, in the order of their ids. */
export function pageOf(
  db: Knex,
  table: string,
  providerId: string,
  { status, q }: RowFilter,
  { limit, after }: PageRequest,
): Knex.QueryBuilder {
  const query = db(table).where('provider_id', providerId).orderBy('id').limit(limit);
  if (after !== undefined) query.where('id', '>', after);
  if (status !== undefined) query.where('status', status);
  if (q !== undefined) whereContains(query, 'name', q);
  return query;
}

/** Holds the row of a resource until the transaction ends; returns it as it is from then on. */
export async function lockedRow<Row extends object>(
  trx: Knex.Transaction,
  table: string,
  providerId: string,
  address: ResourceRef,
): Promise<Row | undefined> {
  const [[column, value] = []] = Object.entries(address);
  const lock = statement(`select * from "${table}" where provider_id = $1 and "${column}" = $2 for update`);
  const [row] = await execute<Row>(trx, lock, [providerId, value]);
  return row;
}
