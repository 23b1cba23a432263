import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from '../../engine/rulebook/checks';
import type { FieldError } from '../../engine/vocabulary/problem';
import type { CatalogDocument } from './document';

/**
 * What no schema can say of a catalog document, every error with its pointer. `storedTags` are the names of the tags
 * that the catalog has: a plan must not go on naming one that the document removes.
 */
export function checkCatalog(document: CatalogDocument, storedTags: ReadonlySet<string>): FieldError[] {
  const { tags, plans, promotions, discounts, relatedProducts, upgradePaths } = document;
  const nested = promotions.flatMap((promotion, index) =>
    (promotion.discounts ?? []).map((discount, place) => ({
      key: discount.key,
      pointer: `/promotions/${index}/discounts/${place}`,
    })),
  );
  return distinct([
    ...twice('key', named('tags', tags, 'key')),
    ...twice('name', named('tags', tags, 'name')),
    ...twice('id', named('plans', plans, 'id')),
    ...twice('key', named('promotions', promotions, 'key')),
    ...twice('key', [
      ...nested.map(({ key, pointer }) => [key, pointer] as const),
      ...named('discounts', discounts, 'key'),
    ]),
    ...twice('key', named('relatedProducts', relatedProducts, 'key')),
    ...twice('key', named('upgradePaths', upgradePaths, 'key')),
    ...each('promotions', promotions, checkPromotion),
    ...each('discounts', discounts, (discount) => [...checkDiscount(discount), ...checkGlobal(discount)]),
    ...each('relatedProducts', relatedProducts, checkRelatedProduct),
    ...each('upgradePaths', upgradePaths, checkUpgradePath),
    ...checkTags(document, storedTags),
  ]);
}

/** Upgrade paths need their tags; plans may name what is no tag at all. */
function checkTags({ tags, plans, upgradePaths }: CatalogDocument, storedTags: ReadonlySet<string>): FieldError[] {
  const known = new Set(tags.map(({ name }) => name));
  const unknown = (pointer: string, names: readonly string[]) =>
    names.flatMap((name, index) =>
      known.has(name) ? [] : [{ pointer: `${pointer}/${index}`, code: 'unknown_tag', detail: `"${name}" is no tag` }],
    );
  const removed = (name: string) => storedTags.has(name) && !known.has(name);
  return [
    ...each('upgradePaths', upgradePaths, ({ sources, targets }) => [
      ...unknown('/sources', sources),
      ...unknown('/targets', targets),
    ]),
    ...each('plans', plans, (plan) =>
      (plan.tags ?? []).flatMap((name, index) =>
        removed(name)
          ? [
              {
                pointer: `/tags/${index}`,
                code: 'tag_in_use',
                detail: `"${name}" is a tag that the document leaves out`,
              },
            ]
          : [],
      ),
    ),
  ];
}

function checkGlobal({ promotionId }: { promotionId?: string }): FieldError[] {
  if (promotionId === undefined) return [];
  const detail = 'is for a discount in the list of its promotion; here are the global ones';
  return [{ pointer: '/promotionId', code: 'not_global', detail }];
}

type Named = readonly [value: string | undefined, pointer: string];

function named<K extends string>(
  list: string,
  entries: readonly { readonly [name in K]?: string }[],
  name: K,
): Named[] {
  return entries.map((entry, index) => [entry[name], `/${list}/${index}`]);
}

function twice(name: string, values: readonly Named[]): FieldError[] {
  const seen = new Set<string>();
  return values.flatMap(([value, pointer]) => {
    if (value === undefined) return [];
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ pointer: `${pointer}/${name}`, code: `duplicate_${name}`, detail: `"${value}" is given twice` }];
  });
}

function each<T>(list: string, entries: readonly T[], check: (entry: T) => FieldError[]): FieldError[] {
  return entries.flatMap((entry, index) =>
    check(entry).map((error) => ({ ...error, pointer: `/${list}/${index}${error.pointer}` })),
  );
}

/** A promotion finds a key that its own discounts share as well. */
function distinct(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [`${error.pointer} ${error.code}`, error])).values()];
}
