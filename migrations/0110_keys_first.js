const KEYED = ['promotions', 'discounts', 'related_products', 'upgrade_paths', 'tags'];

// The plan of a foreign-key check is kept by each connection. One that was made while a table was small, or while each
// provider had one row of it, took the index of keys for the one of ids, as both seemed to lead to a single row; an import
// then read all rows of its provider for each that it wrote. With the key in front that index is of no use to such a check.
exports.up = async (knex) => {
  // The name of a tag before its key, so that one whose name and key are taken is still refused for its name.
  await replace(knex, 'tags', 'name', 'name, provider_id');
  for (const table of KEYED) await replace(knex, table, 'key', 'key, provider_id');
};

exports.down = async (knex) => {
  await replace(knex, 'tags', 'name', 'provider_id, name');
  for (const table of KEYED) await replace(knex, table, 'key', 'provider_id, key');
};

function replace(knex, table, column, columns) {
  const name = `${table}_${column}_unique`;
  return knex.raw(
    `alter table ${table} drop constraint ${name}; alter table ${table} add constraint ${name} unique (${columns})`,
  );
}
