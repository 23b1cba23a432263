import type { CustomValueType } from '../cart/custom-types';
import type { Amounts } from '../money/money';
import type { Discount } from './discount';
import { type DiscountRule, prepareDiscount } from './rules';

/** What belongs to a discount itself, not to what it takes off: who gets it, when, how it is kept, what it is called. */
const NOT_KEPT = [
  'id',
  'promotionId',
  'name',
  'key',
  'note',
  'recipients',
  'priority',
  'startsAt',
  'endsAt',
  'validity',
  'payments',
  'keptFor',
  'carryOver',
  'status',
  'conditions',
  'version',
  'createdAt',
  'updatedAt',
  'warnings',
] as const;
const NOT_TERMS: ReadonlySet<string> = new Set(NOT_KEPT);

/** What a discount takes off: a grant keeps it as it was redeemed, whatever happens to the discount later, and of its value's type. */
export type GrantTerms = Omit<Discount, (typeof NOT_KEPT)[number]> & {
  /** The expression of the provider's type, where the value is of one. */
  expression?: string;
};

/** Returns the terms of a discount as they are now; `custom` is the provider's type of its value. */
export function termsOf(source: Discount, custom: Pick<CustomValueType, 'expression'> | undefined): GrantTerms {
  const terms = partOf(source, (name) => !NOT_TERMS.has(name)) as GrantTerms;
  return custom === undefined ? terms : { ...terms, expression: custom.expression };
}

/** Returns whether a discount still has the terms of a grant. */
export function hasTerms({ source, custom }: DiscountRule, terms: GrantTerms | undefined): boolean {
  return terms === undefined || isSame(termsOf(source, custom), terms);
}

/** Returns a discount under the terms of a grant; with a balance it takes off no more than that. */
export function underTerms(
  rule: DiscountRule,
  terms: GrantTerms | undefined,
  balance: Amounts | undefined,
): DiscountRule {
  if (balance === undefined && hasTerms(rule, terms)) return rule;
  const { source, promotion, types } = rule;
  const { expression, ...kept } = terms ?? termsOf(source, rule.custom);
  return prepareDiscount(
    {
      ...(partOf(source, (name) => NOT_TERMS.has(name)) as Omit<Discount, keyof GrantTerms>),
      ...kept,
      ...(balance !== undefined && { value: { type: 'amount_off', amounts: balance } }),
      // They were met when it was redeemed.
      conditions: [],
    } as Discount,
    types,
    promotion,
    expression === undefined ? undefined : types.keptValue(expression),
  );
}

function partOf(source: Discount, isMeant: (name: string) => boolean): object {
  return Object.fromEntries(Object.entries(source).filter(([name]) => isMeant(name)));
}

/** Reports whether two JSON values are equal, regardless of the order of their members. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => isSame(one[name], other[name]));
}
