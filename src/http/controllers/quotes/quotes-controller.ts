import { Body, Post, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Quote } from '../../../engine/quote/answer';
import { type CartPrices, type CartToQuote, type ManyQuotesRequest, pricesOf } from '../../../engine/quote/many-quotes';
import type { QuoteRequest } from '../../../engine/quote/quote-request';
import { duplicates, RequestRefused } from '../../../engine/vocabulary/problem';
import type { Term } from '../../../engine/vocabulary/resource';
import { STALE_HEADER } from '../../../services/headers';
import { answerQuotes, type QuoteOutcome } from '../../../services/quoting/quotes';
import { invalid, type Problem, problemOf } from '../../answers/problem';
import type { Context } from '../../context';
import { schemaErrors } from '../../contract/validate-body';
import { countAs, showRate } from '../../middleware/rate-limit';

/** A cart's quote. */
export interface CartQuote {
  /** The cart's id. */
  id: Term;
  /** As `POST /v1/quote` answers it. */
  quote: Quote;
}

/** Why a cart could not be quoted; its pointers are the cart's own. */
export interface CartProblem {
  /** The cart's id. */
  id: Term;
  /** What is wrong with the cart. */
  problem: Problem;
}

/** What became of one cart: a quote, its prices, or a problem. */
export type CartAnswer = CartQuote | CartPrices | CartProblem;

/** The quotes of several carts. */
export interface ManyQuotes {
  /**
   * In the order of the carts.
   * @maxItems 200
   */
  items: CartAnswer[];
  /**
   * The version of the rules that all of them were quoted by.
   * @isInt
   * @minimum 0
   */
  catalogVersion: number;
}

const MOST_LINES = 2_000;

/** Many carts at once. */
@Route('v1/quotes')
@Tags('Quotes')
@Security('bearer', ['admin', 'secret', 'publishable'])
export class QuotesController {
  constructor(private readonly context: Context) {}

  /**
   * Up to 200 carts of one customer, as for a price list: the rules and the customer's facts are read once, and a cart
   * that is wrong fails alone. Nothing is written.
   * @summary Quote many carts
   */
  @Post()
  @SuccessResponse(200)
  async quoteMany(@Body() body: ManyQuotesRequest): Promise<ManyQuotes> {
    checkWhole(body.quotes);
    await countAs(this.context, body.quotes.length);
    showRate(this.context, this.context.response);
    const { quotes: carts, answer = 'full', ...common } = body;
    const errors = carts.map((cart) => schemaErrors('CartToQuote', cart));
    const sound = carts.filter((_, index) => errors[index]?.length === 0);
    const { outcomes, rulebook, stale } = await answerQuotes(
      this.context,
      sound.map((cart) => requestOf(common, cart)),
    );
    if (stale) this.context.response.setHeader(STALE_HEADER, 'true');
    const byCart = new Map(sound.map((cart, index) => [cart, outcomes[index] as QuoteOutcome]));
    const items = carts.map((cart, index): CartAnswer => {
      const outcome = byCart.get(cart) ?? { error: new RequestRefused('invalid_request', errors[index] ?? []) };
      if ('error' in outcome) return { id: cart.id, problem: problemOf(outcome.error, this.context.requestId) };
      if (answer === 'prices') return pricesOf(cart.id, outcome.quote, rulebook.provider.settings.roundingMode);
      return { id: cart.id, quote: outcome.quote };
    });
    return { items, catalogVersion: rulebook.version };
  }
}

function requestOf(
  common: Omit<ManyQuotesRequest, 'quotes' | 'answer'>,
  { id: _, ...cart }: CartToQuote,
): QuoteRequest {
  return { ...common, ...cart };
}

/** Throws what is wrong with the carts together: an id that is given twice, or too many lines. */
function checkWhole(carts: readonly CartToQuote[]): void {
  const errors = duplicates(carts, 'id', '/quotes');
  const lines = carts.reduce((sum, cart) => sum + (Array.isArray(cart.lines) ? cart.lines.length : 0), 0);
  if (lines > MOST_LINES) {
    const detail = `The carts have ${lines} lines in all; send at most ${MOST_LINES}.`;
    errors.push({ pointer: '/quotes', code: 'max_items', detail });
  }
  if (errors.length > 0) throw invalid(errors);
}
