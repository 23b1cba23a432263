import type { QuotedLine } from '../decision/quoted-line';
import { add } from '../money/integer';
import { formatMoney, type Money, parseMoney } from '../money/money';
import { roundMoney } from '../money/rounding';
import type { ForecastChange } from './answer';

/** What each discount takes off a line. */
type Taken = ReadonlyMap<string, Money>;

/** Compares what discounts take off each line with its payment before. */
export class Changes {
  readonly #before = new Map<string, Taken>();

  /** Begins with the lines of the quote; `digits` are the currency's. */
  constructor(
    quoted: readonly QuotedLine[],
    private readonly digits: number,
  ) {
    for (const line of quoted) this.#before.set(line.id, this.#takenOff(line));
  }

  /** Returns what is different now, and remembers it for the next time. */
  at(lines: readonly QuotedLine[]): ForecastChange[] {
    return lines.flatMap((line) => {
      const before = this.#before.get(line.id) ?? new Map<string, Money>();
      const after = this.#takenOff(line);
      this.#before.set(line.id, after);
      return changesOf(line.id, before, after);
    });
  }

  /** Two grants of one discount are one discount. */
  #takenOff({ discounts }: QuotedLine): Taken {
    const taken = new Map<string, Money>();
    for (const { discountId, amount } of discounts) {
      const other = taken.get(discountId);
      taken.set(discountId, other === undefined ? amount : this.#sum(other, amount));
    }
    return taken;
  }

  #sum(one: Money, other: Money): Money {
    return formatMoney(roundMoney(add(parseMoney(one), parseMoney(other)), this.digits, 'half_up'), this.digits);
  }
}

function changesOf(lineId: string, before: Taken, after: Taken): ForecastChange[] {
  const changes: ForecastChange[] = [];
  for (const [discountId, amount] of before) {
    const now = after.get(discountId);
    if (now === undefined) changes.push({ lineId, discountId, change: 'ends', before: amount });
    else if (now !== amount) changes.push({ lineId, discountId, change: 'amount', before: amount, after: now });
  }
  for (const [discountId, amount] of after) {
    if (!before.has(discountId)) changes.push({ lineId, discountId, change: 'begins', after: amount });
  }
  return changes;
}
