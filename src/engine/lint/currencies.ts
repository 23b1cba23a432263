import type { DiscountValue } from '../discount-values/index';
import type { Amounts } from '../money/money';
import type { Selector } from '../vocabulary/selector';
import type { Alternatives } from './groups';
import type { Check, Finding, LintedDiscount } from './rule';

/** A place of a rule that takes a cart in one of some currencies. */
interface Priced {
  readonly at: string;
  readonly currencies: ReadonlySet<string>;
}

/** Amounts of which no cart has a currency in common. */
export const findForeignCurrencies: Check = ({ promotion, groups, discounts }) => {
  const budget = promotion?.limits?.budget;
  const own: Priced[] = [
    ...(budget === undefined ? [] : [{ at: '/limits/budget', currencies: currenciesOf(budget) }]),
    ...groups.flatMap(pricedGroup),
  ];
  const clash = firstClash(own);
  if (clash !== undefined) return [clash];
  return discounts.flatMap((discount) => {
    const tiers = foreignTiers(discount);
    const found = firstClash([...own, ...pricedParts(discount)]);
    return tiers.length > 0 ? tiers : found === undefined ? [] : [found];
  });
};

/** Returns the currencies in which a value takes something off; `undefined`: in every one. */
export function currenciesOfValue(value: DiscountValue): ReadonlySet<string> | undefined {
  switch (value.type) {
    case 'percent':
      return value.cap && currenciesOf(value.cap);
    case 'amount_off':
      return currenciesOf(value.amounts);
    case 'special_price':
    case 'set_price':
      return currenciesOf(value.prices);
    case 'tiered_percent':
    case 'tiered_amount_off': {
      const tiers = value.tiers.map((tier) => tierCurrencies(tier));
      return tiers.includes(undefined) ? undefined : new Set(tiers.flatMap((currencies) => [...(currencies ?? [])]));
    }
    default:
      return undefined;
  }
}

/** Returns the currencies in which a tier counts; `undefined`: in every one. */
function tierCurrencies({
  from,
  amounts,
}: {
  from: number | Amounts;
  amounts?: Amounts;
}): ReadonlySet<string> | undefined {
  const lists = [from, amounts].filter((list) => typeof list === 'object').map(currenciesOf);
  return lists.length === 0 ? undefined : lists.reduce(common);
}

function foreignTiers({ discount: { value }, at }: LintedDiscount): Omit<Finding, 'code'>[] {
  if (value.type !== 'tiered_amount_off') return [];
  return value.tiers.flatMap((tier, index) =>
    tierCurrencies(tier)?.size === 0
      ? [
          {
            pointer: `${at}/value/tiers/${index}`,
            detail: 'No currency of this tier has both a start and an amount, so it never counts.',
          },
        ]
      : [],
  );
}

function pricedParts({ discount: { value, selector, buy }, at, groups }: LintedDiscount): Priced[] {
  const currencies = currenciesOfValue(value);
  return [
    ...(currencies === undefined ? [] : [{ at: `${at}/value`, currencies }]),
    ...pricedSelector(selector, `${at}/selector`),
    ...pricedSelector(buy?.selector, `${at}/buy/selector`),
    ...groups.flatMap(pricedGroup),
  ];
}

function pricedSelector(selector: Selector | undefined, at: string): Priced[] {
  const { from, below } = selector?.unitPrice ?? {};
  return Object.entries({ from, below }).flatMap(([name, amounts]) =>
    amounts === undefined ? [] : [{ at: `${at}/unitPrice/${name}`, currencies: currenciesOf(amounts) }],
  );
}

/** One of several conditions takes a currency that any of them takes. */
function pricedGroup(group: Alternatives): Priced[] {
  const lists = group.map(({ condition }) => {
    if (condition.type === 'cart_total') return currenciesOf(condition.amounts);
    const matching = condition.type === 'cart_has_service' || condition.type === 'purchase';
    if (!matching || condition.negate) return undefined;
    const priced = pricedSelector(condition.selector, '').map(({ currencies }) => currencies);
    return priced.length === 0 ? undefined : priced.reduce(common);
  });
  const [first] = group;
  if (first === undefined || lists.includes(undefined)) return [];
  return [{ at: first.at, currencies: new Set(lists.flatMap((currencies) => [...(currencies ?? [])])) }];
}

/** Returns the first place that has no currency in common with all those before it. */
function firstClash(places: readonly Priced[]): Omit<Finding, 'code'> | undefined {
  let left: Priced | undefined;
  for (const place of places) {
    const currencies = left === undefined ? place.currencies : common(left.currencies, place.currencies);
    if (left !== undefined && currencies.size === 0) {
      const [these, those] = [place.currencies, left.currencies].map(
        (set) => [...set].slice(0, 10).join(', ') || 'no currency',
      );
      const detail = `The amounts here are in ${these}, and the rule otherwise takes carts in ${those}, so it applies in no currency.`;
      return { pointer: place.at, detail, other: left.at };
    }
    left = { at: left?.at ?? place.at, currencies };
  }
  return undefined;
}

function currenciesOf(amounts: Amounts): ReadonlySet<string> {
  return new Set(Object.keys(amounts));
}

function common(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...some].filter((currency) => others.has(currency)));
}
