import { type Facts, type FactsNeeded, NO_FACTS } from '../../engine/judging/facts';
import type { Quote } from '../../engine/quote/answer';
import { prepareQuote } from '../../engine/quote/quote';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import { type Shown, showOnStorefront, withoutCustomerId } from '../../engine/quote/storefront-view';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import { parseInstant } from '../../engine/time/instant';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { sanitizedHtml } from '../../store/catalog/sanitized-html';
import { loadFacts, loadFactsOfMany, needsNothing } from '../../store/redemptions/facts';
import type { StoredFacts } from '../../store/redemptions/found-facts';
import { inSlices } from '../../store/slices';
import type { Caller } from '../caller';
import { refuseLate } from '../concurrency/batcher';
import { ownRound } from '../concurrency/own-round';
import { VERSION_HEADER } from '../headers';
import { ALL_CODES, type GuessedCodes, limitGuesses } from './code-guesses';
import { digestOf, textOf } from './digest';

/** A quote as it is answered. */
export interface AnsweredQuote {
  quote: Quote;
  /** Whether the answer carries the stale header. */
  stale: boolean;
}

/** Quotes a cart by the provider's rules; nothing is asked of the database that the cart does not need. */
export async function answerQuote(caller: Caller, body: QuoteRequest): Promise<AnsweredQuote> {
  const { db, providerId, services } = caller;
  const at = body.at === undefined ? services.clock() : parseInstant(body.at);
  const { rulebook, stale } = await services.rulebooks.get(db, providerId, wantedVersion(caller));
  if (explainsAll(body)) await inSlices(rulebook.prepareAll());
  const prepared = prepareQuote(withCleanDraft(believed(caller, body, rulebook)), at, rulebook);
  const { needed } = prepared;
  const { facts, guessed } = needsNothing(needed) ? NOTHING_FOUND : await findFacts(caller, needed);
  // The facts of many large carts may come at the same moment as well.
  if (facts !== NO_FACTS && body.lines.length >= MANY_LINES) await ownRound();
  const quote = shown(caller, prepared.evaluate(facts).quote);
  quote.promoCodes = guessed.tell(quote.promoCodes);
  services.metrics.countQuote(quote, stale);
  const digest = digestOf(providerId, quote.catalogVersion, at, textOf(body, caller.bodyText));
  // Not a copy with a digest: the quote was made for this answer, and is nobody else's.
  return { quote: Object.assign(quote, { digest }), stale };
}

/** Returns whether a quote tells of rules that its cart has nothing to do with. */
function explainsAll({ explain }: QuoteRequest): boolean {
  return explain === 'all' || explain === 'candidates';
}

/** The facts that a quote needs, and the codes that were looked up for it. */
interface FoundFacts {
  readonly facts: Facts;
  readonly guessed: GuessedCodes;
}

const NOTHING_FOUND: FoundFacts = { facts: NO_FACTS, guessed: ALL_CODES };

async function findFacts(caller: Caller, needed: FactsNeeded): Promise<FoundFacts> {
  const guessed = await limitGuesses(caller, needed.codes);
  const facts = await readFacts(caller, withCodes(needed, guessed));
  guessed.noteKnown(facts.codes);
  return { facts, guessed };
}

const MANY_LINES = 50;

/** A quote, or why the cart could not be quoted. */
export type QuoteOutcome = { readonly quote: Quote } | { readonly error: RequestRefused };

/** Several quotes of the same rules and the same moment. */
export interface AnsweredQuotes {
  /** In the order of the requests. */
  outcomes: QuoteOutcome[];
  rulebook: Rulebook;
  /** Whether the answer carries the stale header. */
  stale: boolean;
}

/** Quotes several carts by the same rules; what they need beside these is read by one statement. One that is wrong fails alone. */
export async function answerQuotes(caller: Caller, requests: readonly QuoteRequest[]): Promise<AnsweredQuotes> {
  const { db, providerId, services } = caller;
  const { rulebook, stale } = await services.rulebooks.get(db, providerId, wantedVersion(caller));
  if (requests.some(explainsAll)) await inSlices(rulebook.prepareAll());
  const now = services.clock();
  const prepared = requests.map((request) => {
    const at = request.at === undefined ? now : parseInstant(request.at);
    return attempt(() => ({ cart: prepareQuote(believed(caller, request, rulebook), at, rulebook), at, request }));
  });
  const wanted = prepared.map((one) => ('value' in one ? one.value.cart.needed : NOTHING_NEEDED));
  const guessed = await limitGuesses(caller, [...new Set(wanted.flatMap(({ codes }) => codes))]);
  const facts = await loadFactsOfMany(
    db,
    providerId,
    wanted.map((needed) => withCodes(needed, guessed)),
  );
  for (const { codes } of facts) guessed.noteKnown(codes);
  const outcomes = prepared.map((one, index): QuoteOutcome => {
    if ('error' in one) return one;
    const { cart, at, request } = one.value;
    const evaluated = attempt(() => cart.evaluate(facts[index] ?? NO_FACTS));
    if ('error' in evaluated) return evaluated;
    const quote = shown(caller, evaluated.value.quote);
    quote.promoCodes = guessed.tell(quote.promoCodes);
    services.metrics.countQuote(quote, stale);
    const digest = digestOf(providerId, quote.catalogVersion, at, JSON.stringify(request));
    return { quote: Object.assign(quote, { digest }) };
  });
  return { outcomes, rulebook, stale };
}

const NOTHING_NEEDED: FactsNeeded = { codes: [], rules: [] };

/** Reads the facts of a request together with those of simultaneous requests; inside a transaction, or without a redemption, by itself. */
export async function readFacts(
  { db, providerId, services }: Pick<Caller, 'db' | 'providerId' | 'services'>,
  needed: FactsNeeded,
): Promise<StoredFacts> {
  if (db.isTransaction || needed.setAside !== undefined) return loadFacts(db, providerId, needed);
  return services.facts.submit({ providerId, needed }).catch(refuseLate);
}

/** Returns what is needed, without the codes that may not be looked up. */
export function withCodes(needed: FactsNeeded, { mayLookUp }: GuessedCodes): FactsNeeded {
  return needed.codes.every(mayLookUp) ? needed : { ...needed, codes: needed.codes.filter(mayLookUp) };
}

/** Returns the request as far as its sender is trusted: a visitor's customer id counts only where the provider says so. */
export function believed({ kind }: Caller, request: QuoteRequest, { provider }: Rulebook): QuoteRequest {
  return kind !== 'publishable' || provider.settings.trustStorefrontCustomers ? request : withoutCustomerId(request);
}

/** Returns the part of the quote that the caller may see. */
export function shown<T extends Shown>({ kind }: Caller, quote: T): T {
  return kind === 'publishable' ? showOnStorefront(quote) : quote;
}

/** Runs what a cart may be refused by; other errors are faults of ours and go on. */
function attempt<T>(run: () => T): { readonly value: T } | { readonly error: RequestRefused } {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof RequestRefused) return { error };
    throw error;
  }
}

/** The descriptions of unsaved related products are cleaned as they would be when saved. */
export function withCleanDraft(request: QuoteRequest): QuoteRequest {
  const relatedProducts = request.draft?.relatedProducts?.map((product) =>
    product.descriptionHtml === undefined
      ? product
      : { ...product, descriptionHtml: sanitizedHtml(product.descriptionHtml) },
  );
  return relatedProducts === undefined ? request : { ...request, draft: { ...request.draft, relatedProducts } };
}

/** Returns the version of the rules that the request wants at least. */
export function wantedVersion({ headers }: Caller): number {
  const text = headers['offerbook-catalog-version'];
  if (text === undefined) return 0;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  const pointer = `/headers/${VERSION_HEADER}`;
  throw new RequestRefused('invalid_request', [{ pointer, code: 'catalog_version', detail: 'must be a whole number' }]);
}
