import type { Comparison } from '../conditions/comparison';
import type { Condition } from '../conditions/index';
import type { Integer } from '../money/integer';
import { parseMoney } from '../money/money';
import { monthsOf, periodKey } from '../time/calendar';
import type { Period } from '../time/instant';
import type { Selector } from '../vocabulary/selector';
import { selectorImplies } from './selectors';

/** What a condition says of a number: its least and its most. */
export interface Bound {
  /** What is measured; two bounds of one measure speak of the same number where their selectors are the same. */
  readonly measure: string;
  /** What is counted; more is counted by a wider one. */
  readonly selector?: Selector | undefined;
  readonly min?: Integer | undefined;
  readonly max?: Integer | undefined;
  /** Whether the number can be below zero: an age of what is still to come. */
  readonly signed?: boolean;
}

/** Returns what a condition says of numbers where it holds; of a total of the cart, in each currency. */
export function boundsOf(condition: Condition): readonly Bound[] {
  const { negate = false } = condition;
  switch (condition.type) {
    case 'cart_quantity':
    case 'service_count':
    case 'paid_service_count': {
      const { type: measure, selector, comparison, count } = condition;
      return [{ measure, selector, ...rangeOf(comparison, count, negate) }];
    }
    case 'order_count':
      return [{ measure: 'order_count', ...rangeOf(condition.comparison, condition.count, negate) }];
    case 'cart_has_service':
    case 'cart_lacks_service': {
      const has = (condition.type === 'cart_has_service') !== negate;
      return [{ measure: 'cart_quantity', selector: condition.selector, ...(has ? { min: 1 } : { max: 0 }) }];
    }
    case 'new_customer':
      return negate
        ? []
        : [
            { measure: 'service_count', max: 0 },
            { measure: 'first_service', max: 0 },
          ];
    case 'cart_total':
      return Object.entries(condition.amounts).map(([currency, amount]) => ({
        measure: totalIn(currency),
        selector: condition.selector,
        ...rangeOf(condition.comparison, parseMoney(amount), negate),
      }));
    case 'expenses':
    case 'payments': {
      const { type, currency, period, comparison, amount } = condition;
      const measure = `${type} ${currency} ${periodKey(period)}`;
      return [{ measure, ...rangeOf(comparison, parseMoney(amount), negate) }];
    }
    case 'registration_age':
      return [ageOf('registration', condition, negate)];
    case 'first_service_age':
      // Negated it also holds for a customer without a service.
      return negate ? [] : [ageOf('first_service_age', condition, false), { measure: 'first_service', min: 1 }];
    default:
      return [];
  }
}

/** Returns the measure of the cart's total in a currency. */
export function totalIn(currency: string): string {
  return `cart_total ${currency}`;
}

/** Returns whether no number fits both, whichever of them measures more. */
export function exclude(a: Bound, b: Bound): boolean {
  return isBeyond(a, b) || isBeyond(b, a);
}

/** Returns whether a number can't be what is said of it. */
export function isImpossible({ min = 0, max, signed = false }: Bound): boolean {
  return !signed && max !== undefined && (max < 0 || max < min);
}

/** Returns whether one counts more than the other, which counts at least as much, may count. */
function isBeyond(few: Bound, many: Bound): boolean {
  if (few.min === undefined || many.max === undefined || few.min <= many.max) return false;
  const counts =
    few.measure === many.measure || (few.measure === 'paid_service_count' && many.measure === 'service_count');
  return counts && selectorImplies(few.selector, many.selector);
}

/** On a grid of halves, so that between two periods there is always room. */
function ageOf(
  measure: string,
  { comparison, period }: { comparison: Comparison; period: Period },
  negate: boolean,
): Bound {
  const length = period.unit === 'day' ? period.length : monthsOf(period);
  const unit = period.unit === 'day' ? 'days' : 'months';
  return { measure: `${measure} ${unit}`, signed: true, ...rangeOf(comparison, length * 2, negate) };
}

/** What holds where a comparison does not; other than one value says nothing. */
export const OPPOSITE = { gt: 'lte', gte: 'lt', lte: 'gt', lt: 'gte', eq: undefined } as const;

/** Returns the integers that compare with a value. */
function rangeOf(comparison: Comparison, value: Integer, negate: boolean): Pick<Bound, 'min' | 'max'> {
  const next = (by: 1 | -1): Integer => (typeof value === 'number' ? value + by : value + BigInt(by));
  switch (negate ? OPPOSITE[comparison] : comparison) {
    case 'gt':
      return { min: next(1) };
    case 'gte':
      return { min: value };
    case 'eq':
      return { min: value, max: value };
    case 'lte':
      return { max: value };
    case 'lt':
      return { max: next(-1) };
    default:
      return {};
  }
}
