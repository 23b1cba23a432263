import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

/** A statement that each connection parses and plans once. */
export interface Prepared {
  readonly sql: string;
  /** Made from the text, so that no other text, of another release, is ever run under its name. */
  readonly name: string;
}

/** Gives a statement its name. */
export function prepared(sql: string): Prepared {
  return { sql, name: `offerbook_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}` };
}

/** Set where a pooler shares connections between clients, who then know nothing of each other's named statements. */
let namesAreLost = false;

/** Runs a prepared statement and answers its rows; without its name where names are lost. */
export async function run<Row>(
  db: Knex,
  { sql, name }: Prepared,
  bindings: readonly Knex.RawBinding[],
): Promise<Row[]> {
  const statement = () => db.raw<{ rows: Row[] }>(sql, [...bindings]);
  // In a transaction a lost name would end it.
  if (namesAreLost || db.isTransaction) return (await statement()).rows;
  try {
    return (await statement().options({ name })).rows;
  } catch (error) {
    if (!isLostName(error)) throw error;
    namesAreLost = true;
    return (await statement()).rows;
  }
}

function isLostName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '26000' || error.code === '42P05');
}
