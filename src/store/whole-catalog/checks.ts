import { checkDiscount, checkPromotion, checkRelatedProduct, checkUpgradePath } from '../../engine/rulebook/checks';
import { duplicates, errorsAt, errorsOfEach, type FieldError } from '../../engine/vocabulary/problem';
import { checkCustomType, customTypesOf } from '../../expressions/custom-types';
import { toCustomType } from '../catalog/custom-types';
import { mapInSteps, type Steps } from '../slices';
import type { CatalogDocument } from './document';
import type { CatalogRows } from './rows';

/**
 * Finds what no schema can say about a catalog document, every error with its pointer. Of the stored rows it matters
 * which tags there are, since a plan must not go on naming one that the document removes, and which types, where the
 * document leaves them alone.
 */
export function* checkInSteps(document: CatalogDocument, stored: CatalogRows): Steps<FieldError[]> {
  const storedTags = new Set(stored.tags.map(({ name }) => name));
  const wrong = checkTypes(document);
  // By a type that is wrong nothing else can be checked.
  if (wrong.length > 0) return wrong;
  const types = customTypesOf({
    conditionTypes: document.conditionTypes ?? stored.conditionTypes.map(toCustomType),
    discountTypes: document.discountTypes ?? stored.discountTypes.map(toCustomType),
  });
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
    ...(yield* errorsInSteps('/promotions', promotions, (promotion) => checkPromotion(promotion, types))),
    ...(yield* errorsInSteps('/discounts', discounts, (discount) => [
      ...checkDiscount(discount, types),
      ...checkGlobal(discount),
    ])),
    ...(yield* errorsInSteps('/relatedProducts', relatedProducts, (product) => checkRelatedProduct(product, types))),
    ...(yield* errorsInSteps('/upgradePaths', upgradePaths, checkUpgradePath)),
    ...checkTags(document, storedTags),
  ]);
}

function* errorsInSteps<T>(
  pointer: string,
  entries: readonly T[],
  check: (entry: T) => readonly FieldError[],
): Steps<FieldError[]> {
  const found = yield* mapInSteps(entries, (entry, index) => errorsAt(`${pointer}/${index}`, check(entry)));
  return found.flat();
}

function checkTypes({ conditionTypes, discountTypes }: CatalogDocument): FieldError[] {
  return [
    ...duplicates(conditionTypes, 'name', '/conditionTypes'),
    ...duplicates(discountTypes, 'name', '/discountTypes'),
    ...errorsOfEach('/conditionTypes', conditionTypes, (type) => checkCustomType(type, 'condition')),
    ...errorsOfEach('/discountTypes', discountTypes, (type) => checkCustomType(type, 'value')),
  ];
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

/** A global discount has no promotion. */
export function checkGlobal({ promotionId }: { promotionId?: string }): FieldError[] {
  if (promotionId === undefined) return [];
  const detail = 'belongs in the list of its promotion; this list holds global discounts';
  return [{ pointer: '/promotionId', code: 'not_global', detail }];
}

/** A promotion finds a key that its own discounts share as well. */
function distinct(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [`${error.pointer} ${error.code}`, error])).values()];
}
