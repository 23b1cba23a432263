import type { DiscountValue } from '../../../src/engine/discount-values/index';
import type { TieredAmountOffValue } from '../../../src/engine/discount-values/tiered-amount-off';
import type { TieredPercentValue } from '../../../src/engine/discount-values/tiered-percent';
import type { Amounts } from '../../../src/engine/money/money';
import { Fraction } from '../fraction';

/** What a value asks for, once tiers and currency are decided. */
export type Demand =
  | { kind: 'percent'; share: Fraction; cap?: Fraction }
  | { kind: 'amount'; amount: Fraction }
  | { kind: 'price'; price: Fraction }
  | { kind: 'set'; quantity: number; price: Fraction };

/** What tiers are judged by. */
export interface Measure {
  quantity: number;
  total: Fraction;
}

/** Whether a value says anything in the currency. */
export function isPriced(value: DiscountValue, currency: string): boolean {
  switch (value.type) {
    case 'percent':
      return value.cap === undefined || value.cap[currency] !== undefined;
    case 'amount_off':
      return value.amounts[currency] !== undefined;
    case 'special_price':
    case 'set_price':
      return value.prices[currency] !== undefined;
    case 'tiered_percent':
    case 'tiered_amount_off':
      return tiersOf(value, currency).length > 0;
    case 'custom':
      throw new Error('The model knows no custom types.');
  }
}

/** What the value asks for; `undefined` when no tier is reached. The value is priced in the currency. */
export function demandOf(value: DiscountValue, currency: string, measure: Measure): Demand | undefined {
  switch (value.type) {
    case 'percent':
      return { kind: 'percent', share: percentage(value.percent), cap: amountIn(value.cap, currency) };
    case 'amount_off':
      return { kind: 'amount', amount: Fraction.parse(value.amounts[currency] ?? '0') };
    case 'special_price':
      return { kind: 'price', price: Fraction.parse(value.prices[currency] ?? '0') };
    case 'set_price': {
      const price = Fraction.parse(value.prices[currency] ?? '0');
      return { kind: 'set', quantity: value.quantity, price };
    }
    case 'tiered_percent':
    case 'tiered_amount_off': {
      const actual = value.by === 'quantity' ? Fraction.of(measure.quantity) : measure.total;
      const reached = tiersOf(value, currency).filter((tier) => tier.from.compare(actual) <= 0);
      return reached.sort((a, b) => b.from.compare(a.from))[0]?.demand;
    }
    case 'custom':
      throw new Error('The model knows no custom types.');
  }
}

/** The tiers that speak of the currency. */
function tiersOf(
  value: TieredPercentValue | TieredAmountOffValue,
  currency: string,
): { from: Fraction; demand: Demand }[] {
  return value.type === 'tiered_percent'
    ? value.tiers.flatMap((tier) => {
        const from = thresholdIn(tier.from, currency);
        return from === undefined
          ? []
          : [{ from, demand: { kind: 'percent' as const, share: percentage(tier.percent) } }];
      })
    : value.tiers.flatMap((tier) => {
        const from = thresholdIn(tier.from, currency);
        const amount = amountIn(tier.amounts, currency);
        return from === undefined || amount === undefined
          ? []
          : [{ from, demand: { kind: 'amount' as const, amount } }];
      });
}

function thresholdIn(from: number | Amounts, currency: string): Fraction | undefined {
  return typeof from === 'number' ? Fraction.of(from) : amountIn(from, currency);
}

function amountIn(amounts: Amounts | undefined, currency: string): Fraction | undefined {
  const amount = amounts?.[currency];
  return amount === undefined ? undefined : Fraction.parse(amount);
}

function percentage(percent: string): Fraction {
  return Fraction.parse(percent).dividedBy(Fraction.of(100));
}
