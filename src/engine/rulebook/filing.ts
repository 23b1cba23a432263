import { type KnownCondition, knownGroups } from '../conditions/groups';
import { KEY_KINDS, type Keys, selectorKeys } from '../vocabulary/keys';
import { inOrder, isActive } from '../vocabulary/resource';
import type { Discount } from './discount';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';

/** Under which keys a rule is filed: a cart must bring one of them; none are needed where it is always found. */
export type Filing = readonly Keys[] | 'always';

/** Where a discount is filed; absent: it is not found in this way. */
export interface FiledDiscount {
  readonly id: string;
  readonly key?: string | undefined;
  /** By carts without a code. */
  readonly asked?: Filing | undefined;
  /** By carts that may still lack what its promotion requires. */
  readonly advertised?: Filing | undefined;
}

/** What must be known of a promotion to find it; as JSON it is kept beside the promotion, which need not be read then. */
export interface FiledPromotion {
  readonly key?: string | undefined;
  /** In the order of their ids. */
  readonly discounts: readonly FiledDiscount[];
}

/** What must be known of a global discount, or a related product, to find it. */
export interface FiledRule {
  readonly key?: string | undefined;
  readonly asked?: Filing | undefined;
}

type Groups = readonly (readonly KnownCondition[])[];

/** Files a promotion. */
export function filePromotion({ key, status, plans, conditions, discounts, advertise }: Promotion): FiledPromotion {
  const takesPart = isActive({ status });
  const groups = takesPart ? knownGroups(conditions, 'each') : [];
  const needsCode = groups.some((group) => group.every(({ kind, negate }) => kind.needsCode && !negate));
  return {
    key,
    discounts: inOrder(discounts).map((discount): FiledDiscount => {
      const named = { id: discount.id, key: discount.key };
      if (!takesPart || !isActive(discount)) return named;
      const own = ownKeys(discount, plans, knownGroups(discount.conditions, 'each'));
      return {
        ...named,
        asked: needsCode ? undefined : filed([...own, ...requiredKeys(groups)]),
        advertised: advertise ? filed(own) : undefined,
      };
    }),
  };
}

/** Files a global discount. */
export function fileDiscount(discount: Discount): FiledRule {
  const { key } = discount;
  if (!isActive(discount)) return { key };
  return { key, asked: filed(ownKeys(discount, undefined, knownGroups(discount.conditions, 'one'))) };
}

/** Files a related product. */
export function fileRelatedProduct(product: RelatedProduct): FiledRule {
  const { key } = product;
  if (!isActive(product)) return { key };
  return { key, asked: filed(requiredKeys(knownGroups(product.conditions, 'each'))) };
}

function ownKeys(
  { selector, recipients }: Discount,
  plans: readonly string[] | undefined,
  groups: Groups,
): (readonly Keys[] | undefined)[] {
  const { customers, groups: customerGroups } = recipients ?? {};
  const named: Keys[] = [];
  if (customers !== undefined) named.push({ kind: 'customer', values: customers });
  if (customerGroups !== undefined) named.push({ kind: 'group', values: customerGroups });
  return [
    asList(selectorKeys(selector)),
    plans && [{ kind: 'plan', values: plans }],
    named.length === 0 ? undefined : named,
    ...requiredKeys(groups),
  ];
}

/** Returns the keys that the conditions demand of the cart: of its services, and of attributes. */
function requiredKeys(groups: Groups): (readonly Keys[] | undefined)[] {
  return groups.flatMap(([condition, another]) => {
    if (condition === undefined || another !== undefined || condition.negate) return [];
    return condition.kind.keys?.(condition.source).map(asList) ?? [];
  });
}

/** Returns the narrowest of several ways to file a rule. */
function filed(ways: readonly (readonly Keys[] | undefined)[]): Filing {
  const narrowest = ways
    .filter((keys) => keys !== undefined)
    .reduce<readonly Keys[] | undefined>((best, keys) => (best && width(best) <= width(keys) ? best : keys), undefined);
  return narrowest ?? 'always';
}

function width(keys: readonly Keys[]): number {
  return Math.max(-1, ...keys.map(({ kind }) => KEY_KINDS.indexOf(kind)));
}

function asList(keys: Keys | undefined): readonly Keys[] | undefined {
  return keys && [keys];
}
