import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
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
  return { title: text.title, description: text.description && filled(text.description, wordFor) };
}

/** Returns a text with its variables replaced; nothing where one has no value. */
function filled(text: string, wordFor: (name: string) => string | undefined): string | undefined {
  const parts = partsOf(text);
  let whole = parts[0];
  for (let place = 1; place < parts.length; place += 2) {
    const word = wordFor(parts[place] as string);
    whole = word === undefined || whole === undefined ? undefined : `${whole}${word}${parts[place + 1]}`;
  }
  return whole;
}

/** What a text is made of: plain words and names of variables in turn. The lines of a cart mostly have one text. */
let lastParted: { readonly text: string; readonly parts: readonly string[] } | undefined;

function partsOf(text: string): readonly string[] {
  if (lastParted?.text !== text) lastParted = { text, parts: text.split(/\{(\w+)\}/) };
  return lastParted.parts;
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
