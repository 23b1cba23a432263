import type { Knex } from 'knex';
import type { CustomParameters } from '../../engine/cart/custom-types';
import type { DiscountScope } from '../../engine/discount-values/discount-value';
import type { Id, Key, Name } from '../../engine/vocabulary/resource';
import type { ExpressionKind } from '../../expressions/environment';
import { withoutNulls } from '../database/rows';

/** A stored rule that is of a provider's type. */
export interface TypeUser {
  /** The kind of resource. */
  resource: 'promotion' | 'discount' | 'related_product';
  /** Its id. */
  id: Id;
  /** Its key. */
  key?: Key;
  /** Its name. */
  name: Name;
}

/** One use of a type. */
export interface TypeUse extends TypeUser {
  parameters?: CustomParameters;
  /** Of a value: what it is counted on. */
  scope?: DiscountScope;
}

/** The most users that a refusal names. */
const NAMED_USERS = 20;

const OWNERS = [
  ['promotion', 'promotions', 'promotion_id'],
  ['discount', 'discounts', 'discount_id'],
  ['related_product', 'related_products', 'related_product_id'],
] as const;

const OF_CONDITIONS = OWNERS.map(
  ([resource, table, column]) => `
  select '${resource}' as resource, owner.id, owner.key, owner.name, c.parameters -> 'parameters' as parameters, null as scope
  from conditions c join ${table} owner on owner.provider_id = c.provider_id and owner.id = c.${column}
  where c.provider_id = :providerId and c.type = 'custom' and c.parameters ->> 'name' = :name`,
).join(' union all ');

const OF_VALUES = `
  select 'discount' as resource, id, key, name, value -> 'parameters' as parameters, scope from discounts
  where provider_id = :providerId and value ->> 'type' = 'custom' and value ->> 'name' = :name`;

/** Returns every use of a type in a stored rule, archived or not, the oldest first. */
export async function usesOfType(db: Knex, providerId: string, kind: ExpressionKind, name: string): Promise<TypeUse[]> {
  const statement = kind === 'condition' ? OF_CONDITIONS : OF_VALUES;
  const { rows } = await db.raw<{ rows: object[] }>(`select * from (${statement}) used order by id`, {
    providerId,
    name,
  });
  return rows.map((row) => withoutNulls(row) as TypeUse);
}

/** Users as a refusal names them, each once. */
export function toldUses(uses: readonly TypeUse[]): { usedBy: TypeUser[]; words: string } {
  const users = new Map(
    uses.map(({ resource, id, key, name }) => [
      `${resource} ${id}`,
      { resource, id, ...(key !== undefined && { key }), name },
    ]),
  );
  const usedBy = [...users.values()].slice(0, NAMED_USERS);
  const words = usedBy.map(({ resource, id, name }) => `${resource.replace('_', ' ')} "${name}" (${id})`).join(', ');
  const further = users.size - usedBy.length;
  return { usedBy, words: further > 0 ? `${words} and ${further} more` : words };
}
