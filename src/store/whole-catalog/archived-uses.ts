import type { Knex } from 'knex';
import { type CustomParameters, type CustomTypes, errorsOfUse } from '../../engine/cart/custom-types';
import { checkCustomValue } from '../../engine/rulebook/checks';
import type { CustomType } from '../../engine/rulebook/custom-type';
import type { FieldError } from '../../engine/vocabulary/problem';
import { customTypesOf } from '../../expressions/custom-types';
import type { ConditionRow } from '../catalog/conditions';
import { listCustomTypes, toCustomType } from '../catalog/custom-types';
import type { DiscountRow } from '../catalog/discount-rows';
import type { CatalogDocument } from './document';
import { type CatalogRows, ownerOf } from './rows';

/**
 * Returns what a document would break in rules that it does not have: they are archived, and stay. Those that it has
 * were checked at their place.
 */
export function checkArchived(document: CatalogDocument, after: CatalogRows): FieldError[] {
  const { conditionTypes, discountTypes } = document;
  if (conditionTypes === undefined && discountTypes === undefined) return [];
  const conditions = after.conditions.filter(({ type }) => type === 'custom');
  const discounts = after.discounts.filter(({ value }) => value.type === 'custom');
  if (conditions.length + discounts.length === 0) return [];
  const types = customTypesOf({
    conditionTypes: after.conditionTypes.map(toCustomType),
    discountTypes: after.discountTypes.map(toCustomType),
  });
  const owners = [...after.promotions, ...after.discounts, ...after.relatedProducts];
  const names = new Map(owners.map(({ id, name }) => [id, name]));
  return [
    ...brokenConditions(types, conditions, (id) => `"${names.get(id)}" (${id})`),
    ...brokenValues(types, discounts),
  ];
}

const PER_PART = 500;
const MOST_TOLD = 50;

/** Returns the same of the stored rules, once a document has been written, however many there are. */
export async function archivedUsesBroken(trx: Knex.Transaction, providerId: string): Promise<FieldError[]> {
  const types = customTypesOf(await storedTypes(trx, providerId));
  const errors: FieldError[] = [];
  for await (const rows of partsOf<ConditionRow>(trx, providerId, 'conditions', `type = 'custom'`)) {
    errors.push(...brokenConditions(types, rows, (id) => `rule ${id}`));
    if (errors.length >= MOST_TOLD) return errors;
  }
  for await (const rows of partsOf<DiscountRow>(trx, providerId, 'discounts', `value ->> 'type' = 'custom'`)) {
    errors.push(...brokenValues(types, rows));
    if (errors.length >= MOST_TOLD) return errors;
  }
  return errors;
}

/** Returns the types that a provider has defined. */
export async function storedTypes(
  db: Knex,
  providerId: string,
): Promise<{ conditionTypes: CustomType[]; discountTypes: CustomType[] }> {
  return {
    conditionTypes: await listCustomTypes(db, providerId, 'condition'),
    discountTypes: await listCustomTypes(db, providerId, 'value'),
  };
}

async function* partsOf<R extends { id: string }>(
  trx: Knex.Transaction,
  providerId: string,
  table: string,
  isMeant: string,
): AsyncGenerator<R[]> {
  for (let after = ''; ; ) {
    const rows: R[] = await trx(table)
      .where('provider_id', providerId)
      .where('id', '>', after)
      .whereRaw(isMeant)
      .orderBy('id')
      .limit(PER_PART)
      .select('*');
    yield rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function brokenConditions(
  types: CustomTypes,
  rows: readonly ConditionRow[],
  nameOf: (ownerId: string) => string,
): FieldError[] {
  return rows.flatMap((row) => {
    const use = row.parameters as { name: string; parameters?: CustomParameters };
    return errorsOfUse(types.condition(use.name), use, 'condition').length === 0
      ? []
      : [broken('conditionTypes', use.name, nameOf(ownerOf(row) ?? ''))];
  });
}

function brokenValues(types: CustomTypes, rows: readonly DiscountRow[]): FieldError[] {
  return rows.flatMap(({ id, name, value, scope }) =>
    value.type !== 'custom' || checkCustomValue({ value, scope }, types).length === 0
      ? []
      : [broken('discountTypes', value.name, `"${name}" (${id})`)],
  );
}

function broken(list: string, type: string, owner: string): FieldError {
  const detail = `The archived ${owner} still is of the type "${type}", and would be wrong.`;
  return { pointer: `/${list}`, code: 'type_in_use', detail };
}
