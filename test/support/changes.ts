import type { CartLine } from '../../src/engine/cart/cart';
import type { Subscription, TransitionChoice } from '../../src/engine/cart/subscription';
import type { UpgradePathInput } from '../../src/engine/rulebook/upgrade-path';
import type { QuotedTransition } from '../../src/engine/transitions/quoted-transition';
import { RequestRefused } from '../../src/engine/vocabulary/problem';
import { type CartRequest, quoteOf, type Rules } from './builders';

/** A month. */
export const month = { unit: 'month', length: 1 } as const;
/** A year. */
export const year = { unit: 'year', length: 1 } as const;
const NOW = '2024-03-11T10:00:00Z';

/** A monthly subscription, booked on the first of the month. */
export const monthly: Subscription = {
  id: 'sub-1',
  plan: 'monthly-plan',
  tags: ['monthly'],
  price: '10.00',
  currency: 'EUR',
  interval: month,
  startedAt: '2024-01-01T00:00:00Z',
  lastBookingAt: '2024-03-01T00:00:00Z',
  nextBookingAt: '2024-04-01T00:00:00Z',
  lastInvoice: { amount: '10.00', from: '2024-03-01', to: '2024-03-31' },
};
/** The yearly plan that it changes over to. */
export const yearly: Partial<CartLine> = {
  id: 'annual',
  plan: 'yearly-plan',
  tags: ['yearly'],
  unitPrice: '100.00',
  period: year,
};

/** What is asked, as far as it is not the usual. */
export interface Change {
  path?: Partial<UpgradePathInput>;
  paths?: Partial<UpgradePathInput>[];
  subscriptions?: Partial<Subscription>[];
  lines?: Partial<CartLine>[];
  choices?: TransitionChoice[];
  rules?: Rules;
  cart?: CartRequest;
}

/** What becomes of a cart with the yearly plan and a customer with the monthly one, but for what is said. */
export function changes({ path = {}, paths = [path], subscriptions = [{}], ...rest }: Change = {}): QuotedTransition[] {
  const { lines = [yearly], choices, rules, cart } = rest;
  return quoteOf(
    { upgradePaths: paths, ...rules },
    {
      at: NOW,
      lines,
      subscriptions: subscriptions.map((subscription) => ({ ...monthly, ...subscription })),
      ...(choices && { transitions: choices }),
      ...cart,
    },
  ).transitions;
}

/** How a change is refused: the code of the whole, and where; `undefined`: it is not. */
export function refusalOf(change: Change): [code: string, ...pointers: string[]] | undefined {
  try {
    changes(change);
    return undefined;
  } catch (error) {
    if (error instanceof RequestRefused) return [error.code, ...error.errors.map(({ pointer }) => pointer)];
    throw error;
  }
}
