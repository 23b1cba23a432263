import type { CartLine } from '../cart/cart';
import type { QuotedLine } from '../decision/quoted-line';
import type { Facts, FactsNeeded } from '../judging/facts';
import { minorDigits } from '../money/currencies';
import type { Quote } from '../quote/answer';
import type { Evaluation, Prices } from '../quote/evaluation';
import { type PreparedQuote, prepareUnder } from '../quote/quote';
import type { QuoteRequest } from '../quote/quote-request';
import { rulesOf } from '../rulebook/draft';
import type { Rulebook } from '../rulebook/rulebook';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant } from '../time/instant';
import { AnswerMeter } from '../vocabulary/answer-size';
import { RequestRefused } from '../vocabulary/problem';
import type { Forecast, ForecastLine, ForecastPayment, ForecastRequest } from './answer';
import { assumptionsOf } from './assumptions';
import { Changes } from './changes';
import { Imagined } from './imagined';
import { type Renewal, type RenewingLine, renewalsOf } from './renewals';

/** A forecast, but for the digest of its quote. */
export interface Foretold extends Omit<Forecast, 'quote'> {
  /** The quote of the cart. */
  readonly quote: Omit<Quote, 'digest'>;
}

/** A request that is ready to be foretold once its facts are there. */
export interface PreparedForecast {
  /** Which facts the store must load; the renewals need no others. */
  readonly needed: FactsNeeded;
  /** Foretells the renewals; throws `RequestRefused` where the request contradicts a rule. */
  evaluate(facts: Facts): Foretold;
}

/**
 * Does what can be done of a forecast at an instant (milliseconds) before its facts are loaded; pure like a quote. Throws
 * `RequestRefused` where the request contradicts itself.
 */
export function prepareForecast(
  { quote, payments }: ForecastRequest,
  at: number,
  rulebook: Rulebook,
): PreparedForecast {
  const rules = rulesOf(rulebook, quote.draft);
  const prepared = prepareUnder(rules, quote, at);
  return {
    needed: prepared.needed,
    evaluate: (facts) => foretell({ rules, request: quote, at, payments }, prepared, facts),
  };
}

/** What is asked, and by which rules. */
interface Asked {
  readonly rules: Ruleset;
  readonly request: QuoteRequest;
  readonly at: number;
  readonly payments: number;
}

function foretell({ rules, request, at, payments }: Asked, prepared: PreparedQuote, facts: Facts): Foretold {
  const first = prepared.evaluate(facts);
  const { quote } = first;
  const starts = prepared.periodStarts();
  const changes = new Changes(quote.lines, minorDigits(quote.currency));
  const imagined = new Imagined(facts);
  imagined.redeem(asRedeemed(rules, request, at, facts, first));
  const common = renewalRequest(request);
  const forecast: ForecastPayment[] = [];
  const meter = new AnswerMeter();
  const renewals = renewalsOf(common.lines, starts, at, payments, rules.provider.timeZone);
  if (renewals.length > MOST_RENEWALS) throw tooManyRenewals(renewals.length);
  for (const renewal of renewals) {
    const renewing = { ...common, at: formatInstant(renewal.at), lines: renewal.lines.map(({ line }) => line) };
    const evaluation = prepareUnder(rules, renewing, renewal.at).price(imagined.facts);
    const payment = paymentOf(renewal, evaluation.quote, changes);
    meter.add(payment);
    forecast.push(payment);
    imagined.redeem(asRedeemed(rules, renewing, renewal.at, imagined.facts, evaluation));
  }
  return { quote, forecast, assumptions: assumptionsOf(request, starts) };
}

/** The maximum number of quotes per forecast: enough for twenty lines that all renew on different days for three years. */
const MOST_RENEWALS = 720;

function tooManyRenewals(count: number): RequestRefused {
  const detail = `leads to ${count} renewals at different instants; at most ${MOST_RENEWALS} are forecast`;
  return new RequestRefused('invalid_request', [{ pointer: '/payments', code: 'too_many_renewals', detail }]);
}

/** Returns what redeeming a cart would count and record: what was evaluated already, where it says all that a redemption asks for. */
function asRedeemed(
  rules: Ruleset,
  request: QuoteRequest,
  at: number,
  facts: Facts,
  evaluated: Evaluation<Prices>,
): Pick<Evaluation, 'limitedUses' | 'grants'> {
  const isOptimistic = request.customer?.id === undefined || lacksService(rules, request, evaluated);
  if (!isOptimistic) return evaluated;
  return prepareUnder(rules, byOneCustomer(request), at).price({ ...facts, redeeming: true });
}

/** Returns whether a quote has a discount that a service keeps, and lines that do not say whose they are. */
function lacksService(rules: Ruleset, { lines }: QuoteRequest, { quote }: Evaluation<Prices>): boolean {
  return (
    lines.some(({ serviceId }) => serviceId === undefined) &&
    quote.discounts.some(({ discountId }) => rules.discount(discountId)?.source.keptFor === 'service')
  );
}

/** No text of a request or a rule has this character, so that nobody is this customer. */
const NOBODY = '\u0000';

/** The customer is taken as one, named or not. */
function byOneCustomer(request: QuoteRequest): QuoteRequest {
  const { customer } = request;
  return customer?.id === undefined ? { ...request, customer: { ...customer, id: NOBODY } } : request;
}

/** Returns the cart as it renews: as it was sent, but without what only an order has. */
function renewalRequest(request: QuoteRequest): QuoteRequest {
  const { promoCodes, subscriptions, transitions, explain, nudges, offerPrices, redemptionId, ...common } = request;
  return byOneCustomer({ ...common, lines: common.lines.map(renewalLine) });
}

function renewalLine({ setupFee, startsAt, ...line }: CartLine): CartLine {
  return { ...line, action: 'renewal' };
}

function paymentOf({ at, lines }: Renewal, quote: Prices, changes: Changes): ForecastPayment {
  const told = new Map(quote.discounts.map(({ discountId, name, title }) => [discountId, { name, title }]));
  const lineOf = ({ line, from, to }: RenewingLine, quoted: QuotedLine): ForecastLine => ({
    lineId: line.id,
    from,
    ...(to !== undefined && { to }),
    subtotal: quoted.subtotal,
    discount: quoted.discount,
    total: quoted.total,
    discounts: quoted.discounts.map(({ discountId, amount }) => ({ discountId, ...told.get(discountId), amount })),
  });
  return {
    at: formatInstant(at),
    total: quote.totals.total,
    lines: lines.map((line, index) => lineOf(line, quote.lines[index] as QuotedLine)),
    changes: changes.at(quote.lines),
  };
}
