import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import { type Named, nodesOf } from './nodes';

/** A statement that each connection parses and plans once; its parameters are `$1`, `$2` and so on. */
export interface Prepared extends Named {
  /** Whether a cluster runs it on the shards of the provider, who is its first parameter; it answers one row. */
  readonly isHot?: boolean;
}

/** Gives a statement its name: what kind it is, and made from the text, so that no other text, of another release, is ever run under it. */
export function preparedStatement(sql: string, kind = 'prepared'): Prepared {
  return { sql, name: `${kind}_${hash('sha256', sql, 'hex').slice(0, 16)}` };
}

/** The same for what every quote or redemption runs. */
export function hotStatement(sql: string, kind: string): Prepared {
  return { ...preparedStatement(sql, kind), isHot: true };
}

/** Set where a pooler shares connections between clients, which do not know each other's named statements. */
let namesAreLost = false;

/** The transactions that are run again where a name in them is lost, by the client that stands for each. */
const repeatable = new WeakSet<object>();

/** Gives statements of a transaction their names: whoever runs it runs it again where it fails and `areNamesLost` says so. */
export function nameStatements(trx: Knex.Transaction): void {
  repeatable.add(trx.client);
}

/**
 * Runs a prepared statement and returns its rows; without its name where names are lost. It bypasses knex's parsing of
 * the text, which costs as much as the driver.
 */
export async function execute<Row extends object>(
  db: Knex,
  statement: Prepared,
  values: readonly unknown[],
): Promise<Row[]> {
  const nodes = statement.isHot ? nodesOf(db) : undefined;
  const { sql, name } = nodes?.onShard(statement, String(values[0])) ?? statement;
  const connection: Client = await db.client.acquireConnection();
  const ask = async (named: { name?: string }) =>
    (await connection.query<Row>({ text: sql, values: [...values], ...named })).rows;
  // Listeners to the pool's statements must see these as well.
  db.client.emit('query', { sql, bindings: values });
  try {
    // In a transaction a lost name would end it.
    if (namesAreLost || (db.isTransaction && !repeatable.has(db.client))) return await ask({});
    return await ask({ name });
  } catch (error) {
    if (!areNamesLost(error) || db.isTransaction) throw error;
    return await ask({});
  } finally {
    await db.client.releaseConnection(connection);
  }
}

/** Returns whether a statement failed for its name; from then on none has one. */
export function areNamesLost(error: unknown): boolean {
  const isLost = error instanceof Error && 'code' in error && LOST.some((lost) => error.code === lost);
  // A newer release may have given a table another column, which the answer to a statement with a name cannot get.
  const isOld = error instanceof Error && error.message.endsWith('cached plan must not change result type');
  if (isLost || isOld) namesAreLost = true;
  return isLost || isOld;
}

/** No statement has the name, or another one has it. */
const LOST = ['26000', '42P05'];
