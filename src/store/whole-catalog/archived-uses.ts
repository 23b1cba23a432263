import { type CustomParameters, errorsOfUse } from '../../engine/cart/custom-types';
import { checkCustomValue } from '../../engine/rulebook/custom-checks';
import type { FieldError } from '../../engine/vocabulary/problem';
import { customTypesOf } from '../../expressions/custom-types';
import { toCustomType } from '../catalog/custom-types';
import type { CatalogDocument } from './document';
import { type CatalogRows, ownerOf } from './rows';

/**
 * What a document would break in rules that it does not have: they are archived, and stay. Those that it has were checked
 * at their place.
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
    ...conditions.flatMap((row) => {
      const use = row.parameters as { name: string; parameters?: CustomParameters };
      const owner = ownerOf(row) ?? '';
      return errorsOfUse(types.condition(use.name), use, 'condition').length === 0
        ? []
        : [broken('conditionTypes', use.name, `"${names.get(owner)}" (${owner})`)];
    }),
    ...discounts.flatMap(({ id, name, value, scope }) =>
      value.type !== 'custom' || checkCustomValue({ value, scope }, types).length === 0
        ? []
        : [broken('discountTypes', value.name, `"${name}" (${id})`)],
    ),
  ];
}

function broken(list: string, type: string, owner: string): FieldError {
  const detail = `The archived ${owner} still is of the type "${type}", and would be wrong.`;
  return { pointer: `/${list}`, code: 'type_in_use', detail };
}
