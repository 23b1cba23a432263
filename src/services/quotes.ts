import { NO_FACTS } from '../engine/judging/facts';
import type { Quote } from '../engine/quote/answer';
import { prepareQuote } from '../engine/quote/quote';
import type { QuoteRequest } from '../engine/quote/quote-request';
import { parseInstant } from '../engine/time/instant';
import { RequestRefused } from '../engine/vocabulary/problem';
import { sanitizedHtml } from '../store/catalog/sanitized-html';
import { loadFacts, needsNothing } from '../store/redemptions/facts';
import type { Caller } from './caller';
import { digestOf, textOf } from './digest';
import { VERSION_HEADER } from './headers';
import { andThen, type Soon } from './soon';

/** A quote as it is answered. */
export interface AnsweredQuote {
  quote: Quote;
  /** Whether the answer carries the stale header. */
  stale: boolean;
}

/** Quotes a cart by the provider's rules; nothing is asked of the database that the cart does not need. */
export function answerQuote(caller: Caller, body: QuoteRequest): Soon<AnsweredQuote> {
  const { db, providerId, services } = caller;
  const at = body.at === undefined ? services.clock() : parseInstant(body.at);
  const rules = services.rulebooks.get(db, providerId, wantedVersion(caller));
  return andThen(rules, ({ rulebook, stale }) => {
    const prepared = prepareQuote(withCleanDraft(body), at, rulebook);
    const { needed } = prepared;
    const facts = needsNothing(needed) ? NO_FACTS : loadFacts(db, providerId, needed);
    return andThen(facts, (known) => {
      const { quote } = prepared.evaluate(known);
      services.metrics.countQuote(quote.promoCodes, stale);
      const digest = digestOf(providerId, quote.catalogVersion, at, textOf(body, caller.bodyText));
      // Not a copy with a digest: the quote was made for this answer, and is nobody else's.
      return { quote: Object.assign(quote, { digest }), stale };
    });
  });
}

/** The descriptions of unsaved related products are cleaned as they would be when saved. */
function withCleanDraft(request: QuoteRequest): QuoteRequest {
  const relatedProducts = request.draft?.relatedProducts?.map((product) =>
    product.descriptionHtml === undefined
      ? product
      : { ...product, descriptionHtml: sanitizedHtml(product.descriptionHtml) },
  );
  return relatedProducts === undefined ? request : { ...request, draft: { ...request.draft, relatedProducts } };
}

/** The version of the rules that the request wants at least. */
function wantedVersion({ headers }: Caller): number {
  const text = headers['offerbook-catalog-version'];
  if (text === undefined) return 0;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  const pointer = `/headers/${VERSION_HEADER}`;
  throw new RequestRefused('invalid_request', [{ pointer, code: 'catalog_version', detail: 'must be a whole number' }]);
}
