import { type Integer, quotient, quotientUp, subtract } from '../money/integer';
import { formatMoney, minorDigits, powerOfTen } from '../money/money';
import { elapsed, formatPeriod, remaining, subtractPeriod } from '../time/calendar';
import type { Period } from '../time/instant';
import type { AttributeChoice, AttributeValue } from '../vocabulary/attributes';
import { type Comparison, comparisonHolds } from './comparison';
import type { Numbers, Verdict } from './condition';

/** Judges a count against the required one. */
export function judgeCount(actual: number, comparison: Comparison, required: number): Verdict {
  return {
    kind: 'judged',
    holds: comparisonHolds(comparison, Math.sign(actual - required)),
    numbers: () => ({ actual, required, ...missing(comparison, actual < required, () => required - actual) }),
  };
}

/** Judges an amount in millionths against the required one; the reported number is never better than the judged one. */
export function judgeMoney(actual: Integer, comparison: Comparison, required: Integer, currency: string): Verdict {
  const digits = minorDigits(currency);
  const unit = powerOfTen(6 - digits);
  const down = (millionths: Integer): string => formatMoney(quotient(millionths, unit), digits);
  const up = (millionths: Integer): string => formatMoney(quotientUp(millionths, unit), digits);
  return {
    kind: 'judged',
    holds: comparisonHolds(comparison, actual < required ? -1 : actual > required ? 1 : 0),
    numbers: () => ({
      actual: down(actual),
      required: up(required),
      ...missing(comparison, actual < required, () => up(subtract(required, actual))),
    }),
  };
}

/** Judges the age of what happened at `since` against a calendar period before `at`: older than a year is before `at` − 1 year. */
export function judgeAge(since: number, comparison: Comparison, period: Period, at: number, timeZone: string): Verdict {
  const threshold = subtractPeriod(at, period, timeZone);
  return {
    kind: 'judged',
    holds: comparisonHolds(comparison, Math.sign(threshold - since)),
    numbers: () => ({
      actual: elapsed(since, Math.max(at, since), period.unit, timeZone),
      required: formatPeriod(period),
      ...missing(comparison, since > threshold, () => remaining(threshold, since, period.unit, timeZone)),
    }),
  };
}

function missing(comparison: Comparison, tooLittle: boolean, amount: () => string | number): Pick<Numbers, 'missing'> {
  return tooLittle && (comparison === 'gte' || comparison === 'eq') ? { missing: amount() } : {};
}

/** The maximum number of list entries that a judgement reports. */
export const MOST_TOLD = 20;

/** Shortens the request's list and the condition's list to their first entries, with the number left out. */
export function toldLists(actual: readonly string[], required: readonly string[]): Numbers {
  const furtherActual = actual.length - MOST_TOLD;
  const furtherRequired = required.length - MOST_TOLD;
  return {
    actual: textOfRequest(actual),
    ...(furtherActual > 0 && { furtherActual }),
    required: textOf(required),
    ...(furtherRequired > 0 && { furtherRequired }),
  };
}

/** The texts of requests' lists while they last: every rule of a catalog may tell the same one. */
const textsOfRequests = new WeakMap<readonly string[], string>();

function textOfRequest(list: readonly string[]): string {
  const text = textsOfRequests.get(list) ?? textOf(list);
  textsOfRequests.set(list, text);
  return text;
}

/** Adds the entries one by one: the text is put together only where it is written, and most are not shown. */
function textOf(list: readonly string[]): string {
  let text = list[0] ?? '';
  for (let index = 1; index < list.length && index < MOST_TOLD; index++) text += `, ${list[index]}`;
  return text;
}

/** Returns an attribute's value and the one that is asked for as they are: of lists the first entries, and how many more there are. */
export function toldEntries(actual: AttributeValue, required: AttributeChoice | AttributeChoice[]): Numbers {
  const furtherActual = Array.isArray(actual) ? actual.length - MOST_TOLD : 0;
  const furtherRequired = Array.isArray(required) ? required.length - MOST_TOLD : 0;
  return {
    actual: Array.isArray(actual) ? actual.slice(0, MOST_TOLD) : actual,
    ...(furtherActual > 0 && { furtherActual }),
    required: Array.isArray(required) ? required.slice(0, MOST_TOLD) : required,
    ...(furtherRequired > 0 && { furtherRequired }),
  };
}
