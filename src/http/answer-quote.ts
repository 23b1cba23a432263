import { createHash } from 'node:crypto';
import type { Quote } from '../engine/answer';
import { prepareQuote } from '../engine/quote';
import type { QuoteRequest } from '../engine/quote-request';
import { parseInstant } from '../engine/time';
import { loadFacts } from '../store/facts';
import { sanitizedHtml } from '../store/sanitized-html';
import type { Context } from './context';
import { invalid } from './problem';
import { VERSION_HEADER } from './rulebooks';

/** Tells that the database has not been heard for a second, so that the rules of an answer may be old. */
const STALE_HEADER = 'Offerbook-Stale';

/** Quotes a cart by the provider's rules; nothing is asked of the database that the cart does not need. */
export async function answerQuote(context: Context, body: QuoteRequest): Promise<Quote> {
  const { db, providerId, services } = context;
  const at = body.at === undefined ? services.clock() : parseInstant(body.at);
  const { rulebook, stale } = await services.rulebooks.recent(db, providerId, wantedVersion(context));
  const prepared = prepareQuote(withCleanDraft(body), at, rulebook);
  const { quote } = prepared.evaluate(await loadFacts(db, providerId, prepared.needed));
  services.metrics.countQuote(quote.promoCodes, stale);
  if (stale) context.response.setHeader(STALE_HEADER, 'true');
  return { ...quote, digest: digestOf(providerId, quote.catalogVersion, at, body) };
}

/** Tells whether two quotes answered the same question by the same rules. */
export function digestOf(providerId: string, catalogVersion: number, at: number, request: QuoteRequest): string {
  const question = [providerId, catalogVersion, at, JSON.stringify(request)];
  return createHash('sha256').update(question.join('\n')).digest('hex');
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
function wantedVersion({ request }: Context): number {
  const text = request.headers[VERSION_HEADER.toLowerCase()];
  if (text === undefined) return 0;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw invalid([{ pointer: `/headers/${VERSION_HEADER}`, code: 'catalog_version', detail: 'must be a whole number' }]);
}
