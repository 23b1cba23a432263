import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from '../../engine/rulebook/checks';
import { duplicates, errorsOfEach, type FieldError } from '../../engine/vocabulary/problem';
import type { CatalogDocument } from './document';

/**
 * What no schema can say of a catalog document, every error with its pointer. `storedTags` are the names of the tags
 * that the catalog has: a plan must not go on naming one that the document removes.
 */
export function checkCatalog(document: CatalogDocument, storedTags: ReadonlySet<string>): FieldError[] {
  const { tags, plans, promotions, discounts, relatedProducts, upgradePaths } = document;
  const discountKeys = [
    ...promotions.flatMap((promotion, index) =>
      (promotion.discounts ?? []).map(({ key }, place) => ({ key, at: `/promotions/${index}/discounts/${place}` })),
    ),
    ...discounts.map(({ key }, index) => ({ key, at: `/discounts/${index}` })),
  ];
  return distinct([
    ...duplicates(tags, 'key', '/tags'),
    ...duplicates(tags, 'name', '/tags'),
    ...duplicates(plans, 'id', '/plans'),
    ...duplicates(promotions, 'key', '/promotions'),
    ...duplicates(discountKeys, 'key', (index) => discountKeys[index]?.at ?? ''),
    ...duplicates(relatedProducts, 'key', '/relatedProducts'),
    ...duplicates(upgradePaths, 'key', '/upgradePaths'),
    ...errorsOfEach('/promotions', promotions, checkPromotion),
    ...errorsOfEach('/discounts', discounts, (discount) => [...checkDiscount(discount), ...checkGlobal(discount)]),
    ...errorsOfEach('/relatedProducts', relatedProducts, checkRelatedProduct),
    ...errorsOfEach('/upgradePaths', upgradePaths, checkUpgradePath),
    ...checkTags(document, storedTags),
  ]);
}

/** Upgrade paths need their tags; plans may name unknown tags. */
function checkTags({ tags, plans, upgradePaths }: CatalogDocument, storedTags: ReadonlySet<string>): FieldError[] {
  const known = new Set(tags.map(({ name }) => name));
  const unknown = (pointer: string, names: readonly string[]) =>
    names.flatMap((name, index) =>
      known.has(name)
        ? []
        : [{ pointer: `${pointer}/${index}`, code: 'unknown_tag', detail: `Tag "${name}" does not exist.` }],
    );
  const removed = (name: string) => storedTags.has(name) && !known.has(name);
  return [
    ...errorsOfEach('/upgradePaths', upgradePaths, ({ sources, targets }) => [
      ...unknown('/sources', sources),
      ...unknown('/targets', targets),
    ]),
    ...errorsOfEach('/plans', plans, (plan) =>
      (plan.tags ?? []).flatMap((name, index) =>
        removed(name)
          ? [
              {
                pointer: `/tags/${index}`,
                code: 'tag_in_use',
                detail: `"${name}" is a tag that the document omits`,
              },
            ]
          : [],
      ),
    ),
  ];
}

function checkGlobal({ promotionId }: { promotionId?: string }): FieldError[] {
  if (promotionId === undefined) return [];
  const detail = 'belongs in the list of its promotion; this list holds global discounts';
  return [{ pointer: '/promotionId', code: 'not_global', detail }];
}

/** A promotion finds a key that its own discounts share as well. */
function distinct(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [`${error.pointer} ${error.code}`, error])).values()];
}
