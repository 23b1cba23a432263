import { Body, Post, Route, Security, Tags } from '@tsoa/runtime';
import type { Quote } from '../../../engine/quote/answer';
import type { QuoteRequest } from '../../../engine/quote/quote-request';
import { STALE_HEADER } from '../../../services/headers';
import { answerQuote } from '../../../services/quoting/quotes';
import type { Context } from '../../context';

/** The main job. */
@Route('v1/quote')
@Tags('Quotes')
@Security('bearer', ['admin', 'secret', 'publishable'])
export class QuoteController {
  constructor(private readonly context: Context) {}

  /**
   * Discounts, refusals with their reasons, related products and transitions for a cart; nothing is written. A
   * publishable key may not send `at`, `draft`, `redemptionId` or `explain: "all"`.
   * @summary Quote a cart
   */
  @Post()
  async quote(@Body() body: QuoteRequest): Promise<Quote> {
    const { quote, stale } = await answerQuote(this.context, body);
    if (stale) this.context.response.setHeader(STALE_HEADER, 'true');
    return quote;
  }
}
