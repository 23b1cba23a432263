import { addUnits, inUnits, shift } from '../calendar';
import type { Line } from '../cart';
import { Fraction } from '../fraction';
import type { Rule } from '../rules';

/** The share of a line's period that a discount covers "until the end": whole months or days from the line's start. */
export function coveredShare(rule: Rule, line: Line, at: number): Fraction {
  const end = endOf(rule, at);
  if (rule.discount.coverage !== 'until_end' || line.period === undefined || end === undefined) return Fraction.ONE;
  const { unit, count } = inUnits(line.period);
  let whole = 0;
  while (whole < count && addUnits(line.startsAt, unit, whole + 1) <= end) whole++;
  return Fraction.of(whole, count);
}

/** The end of a discount: its own or its grant's, whichever is later; `undefined`: it has none. */
function endOf(rule: Rule, at: number): number | undefined {
  if (rule.right === 'grant') return rule.grant?.endsAt === undefined ? undefined : Date.parse(rule.grant.endsAt);
  const own = ownEnd(rule, at);
  const end = own === undefined ? undefined : Math.max(own, rule.keptUntil ?? own);
  return end === Number.POSITIVE_INFINITY ? undefined : end;
}

/** The end of the grant that redeeming now would record, else the discount's own, else its promotion's. */
function ownEnd({ discount, promotion }: Rule, at: number): number | undefined {
  if (discount.validity !== undefined) return shift(at, discount.validity, 1);
  const end = discount.endsAt ?? promotion?.endsAt;
  return end === undefined ? undefined : Date.parse(end);
}
