/** The tables of the schema, with the names that they have on a shard. */
export type ShardTables = ReadonlyMap<string, string>;

/** What may stand behind a table's name and is no alias of it. */
const NO_ALIAS = [
  ...['where', 'set', 'on', 'using', 'join', 'left', 'right', 'inner', 'cross', 'full', 'natural', 'order', 'group'],
  ...['limit', 'offset', 'for', 'union', 'except', 'intersect', 'values', 'select', 'returning', 'having', 'window'],
  ...['default', 'fetch', 'loop', 'then'],
].join('|');

/**
 * Puts the tables of a shard in the place of those of the schema, behind `from`, `join`, `into`, `update` and `using`,
 * where a statement names its tables. Each keeps its name as an alias, unless it has another.
 */
export function renameTables(sql: string, tables: ShardTables): string {
  const names = [...tables.keys()].join('|');
  const aliased = `\\s+(?:as\\s+)?(?!(?:${NO_ALIAS})\\b)[a-z_]`;
  const named = new RegExp(`\\b(from|join|into|update|using)(\\s+)(${names})\\b(${aliased})?`, 'gi');
  return sql.replaceAll(named, (_, before: string, space: string, name: string, alias: string | undefined) => {
    const table = tables.get(name.toLowerCase()) as string;
    return `${before}${space}${table}${alias ?? ` as ${name}`}`;
  });
}
