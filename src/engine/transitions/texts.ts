import type { PricedCart, PricedLine } from '../cart/priced-cart';
import type { Subscription } from '../cart/subscription';
import { multiply } from '../money/integer';
import { formatMoney, minorDigits, parseMoney } from '../money/money';
import { roundMoney } from '../money/rounding';
import type { Ruleset } from '../rulebook/ruleset';
import type { UpgradePath } from '../rulebook/upgrade-path';
import { formatMediumDate, monthsOf } from '../time/calendar';
import { pickText } from '../vocabulary/localized-text';
import type { QuotedTransition } from './quoted-transition';

/** Returns the path's words; a description whose variables have no value is left out. */
export function textsOf(
  cart: PricedCart,
  rules: Ruleset,
  path: UpgradePath,
  line: PricedLine,
  subscription: Subscription | undefined,
  nextPayment: () => number | undefined,
): Pick<QuotedTransition, 'title' | 'description'> {
  const text = pickText(path.texts, cart.languages);
  if (text === undefined) return {};
  const wordFor = (name: string): string | undefined => {
    switch (name) {
      case 'offerTitle':
        return line.title ?? line.plan ?? line.serviceType;
      case 'nextPayment':
        return dateOf(cart, nextPayment());
      case 'subscriptionId':
        return subscription?.id;
      case 'subscriptionTitle':
        return subscription && titleOf(cart, rules, subscription);
      case 'subscriptionPrice':
        return subscription && monthlyPrice(cart, subscription);
      default:
        return undefined;
    }
  };
  let complete = true;
  const description = text.description?.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = wordFor(name);
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return { title: text.title, description: complete ? description : undefined };
}

function dateOf({ language, languages, timeZone }: PricedCart, instant: number | undefined): string | undefined {
  const spoken = language ?? languages[0];
  return instant === undefined || spoken === undefined ? undefined : formatMediumDate(instant, spoken, timeZone);
}

/** Returns the subscription's own title, or its registered plan's. */
function titleOf({ languages }: PricedCart, { plans }: Ruleset, { id, title, plan }: Subscription): string {
  const registered = plan === undefined ? undefined : plans.get(plan);
  return title ?? pickText(registered?.title, languages) ?? plan ?? id;
}

/** Returns the price per month: a year's by 12; a day counts as 1/365 of a year. */
function monthlyPrice(cart: PricedCart, { price, currency, interval }: Subscription): string {
  const digits = minorDigits(currency);
  const millionths = parseMoney(price);
  const monthly =
    interval.unit === 'day'
      ? roundMoney(multiply(millionths, 365), digits, cart.settings.roundingMode, interval.length * 12)
      : roundMoney(millionths, digits, cart.settings.roundingMode, monthsOf(interval));
  return formatMoney(monthly, digits);
}
