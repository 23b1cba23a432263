import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { Subscription } from '../cart/subscription';
import type { Money } from '../money/money';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant, parseInstant } from '../time/instant';
import type { Planned } from './plan';
import type { Alternative } from './quoted-transition';
import { stepsInAddition, stepsOf } from './steps';
import { textsOf } from './texts';
import { isError, nextPaymentOf, timingInAddition, timingOf } from './timing';

/** What a line costs where its period begins at an instant (milliseconds); `undefined`: it is too expensive to compute. */
export type PriceFrom = (line: PricedLine, startsAt: number) => Money | undefined;

/** The most conversions that a quote works out: a cart can have five hundred lines, each with a hundred subscriptions. */
const MOST_IN_ALL = 100;
const MOST_OF_A_LINE = 20;

/** Works out for the lines of one quote what each choice on an optional path would do. */
export class Alternatives {
  #left = MOST_IN_ALL;

  constructor(
    private readonly cart: PricedCart,
    private readonly rules: Ruleset,
    private readonly priceFrom: PriceFrom,
  ) {}

  /** Returns what each open choice would do: to convert one of the subscriptions, or to keep them. */
  of(planned: Planned): Alternative[] {
    const conversions: Alternative[] = [];
    for (const subscription of planned.open.slice(0, MOST_OF_A_LINE)) {
      if (this.#left === 0) break;
      this.#left -= 1;
      conversions.push(...this.#convert(planned, subscription));
    }
    return [...conversions, ...this.#keep(planned)];
  }

  #convert({ line, path }: Planned, subscription: Subscription): Alternative[] {
    const { cart } = this;
    const timing = timingOf(cart, line, path.transition, subscription);
    const price = isError(timing) ? undefined : this.#price(line, timing.effectiveAt);
    if (isError(timing) || price === undefined) return [];
    const steps = stepsOf(cart, path.transition, subscription, timing, price);
    const { description } = textsOf(cart, this.rules, path, line, subscription, () => {
      const next = nextPaymentOf(cart, line, timing, steps);
      return typeof next === 'number' ? next : undefined;
    });
    return [
      {
        choice: 'convert',
        subscriptionId: subscription.id,
        outcome: 'replace',
        effectiveAt: formatInstant(timing.effectiveAt),
        steps,
        description,
      },
    ];
  }

  #keep({ line }: Planned): Alternative[] {
    const timing = timingInAddition(this.cart, line);
    const price = isError(timing) ? undefined : this.#price(line, timing.effectiveAt);
    if (isError(timing) || price === undefined) return [];
    const steps = stepsInAddition(this.cart, timing, price);
    return [{ choice: 'keep', outcome: 'in_addition', effectiveAt: formatInstant(timing.effectiveAt), steps }];
  }

  #price(line: PricedLine, effectiveAt: number): Money | undefined {
    const { startsAt } = this.cart.request.lines[line.index] ?? {};
    return this.priceFrom(line, startsAt === undefined ? effectiveAt : parseInstant(startsAt));
  }
}
