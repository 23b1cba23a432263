import { createHash } from 'node:crypto';
import { Body, Post, Route, Security, Tags } from '@tsoa/runtime';
import type { Quote } from '../engine/answer';
import { factsNeeded, quote as quoteCart } from '../engine/quote';
import type { QuoteRequest } from '../engine/quote-request';
import { parseInstant } from '../engine/time';
import { loadFacts } from '../store/facts';
import type { Context } from './context';

/** The main job. */
@Route('v1/quote')
@Tags('Quotes')
@Security('bearer', ['admin', 'secret', 'publishable'])
export class QuoteController {
  constructor(private readonly context: Context) {}

  /**
   * Discounts, refusals with their reasons, related products and transitions for a cart; nothing is written. A
   * publishable key may not send `at`, `draft` or `explain: "all"`.
   * @summary Quote a cart
   */
  @Post()
  async quote(@Body() body: QuoteRequest): Promise<Quote> {
    const { db, providerId, services } = this.context;
    const at = body.at === undefined ? services.clock() : parseInstant(body.at);
    const rulebook = await services.rulebooks.get(db, providerId);
    const facts = await loadFacts(db, providerId, factsNeeded(body, at, rulebook));
    const { quote } = quoteCart(body, at, rulebook, facts);
    services.metrics.countQuote(quote.promoCodes);
    return { ...quote, digest: digestOf(providerId, quote.catalogVersion, at, body) };
  }
}

/** Tells whether two quotes answered the same question by the same rules. */
export function digestOf(providerId: string, catalogVersion: number, at: number, request: QuoteRequest): string {
  const question = [providerId, catalogVersion, at, JSON.stringify(request)];
  return createHash('sha256').update(question.join('\n')).digest('hex');
}
