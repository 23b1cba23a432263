/**
 * A function that keeps its plans hands that down to the triggers that it fires. Citus makes no plan of a distributed table
 * without the values of its parameters, and refuses the trigger's look-up.
 */
exports.up = (knex) => knex.raw('alter function total_redemption() set plan_cache_mode = auto');
exports.down = (knex) => knex.raw('alter function total_redemption() reset plan_cache_mode');
