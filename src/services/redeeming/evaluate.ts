import type { Knex } from 'knex';
import type { FactsNeeded, Use } from '../../engine/judging/facts';
import type { Quote } from '../../engine/quote/answer';
import { type PreparedQuote, prepareQuote } from '../../engine/quote/quote';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import { parseInstant } from '../../engine/time/instant';
import { answerTooLarge, assertAnswerable, MOST_ANSWER_BYTES } from '../../engine/vocabulary/answer-size';
import type { Metadata } from '../../engine/vocabulary/attributes';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { newRedemptionFacts } from '../../store/events/facts';
import type { StoredFacts } from '../../store/redemptions/found-facts';
import type { RedemptionEntry } from '../../store/redemptions/redemption-rows';
import type { Caller } from '../caller';
import { digestOf } from '../quoting/digest';
import { readFacts } from '../quoting/quotes';
import { isBorneOut } from './assumptions';

/** An order to evaluate. */
export interface Order {
  readonly id: string;
  readonly orderId: string;
  readonly quote: QuoteRequest;
  readonly holdSeconds?: number;
  readonly metadata?: Metadata;
  readonly requestHash: string;
}

/** An order that was evaluated. */
export interface JudgedOrder {
  readonly entry: RedemptionEntry;
  readonly quote: Quote;
  /** What it asks for. */
  readonly needed: FactsNeeded;
  /** What it was judged by. */
  readonly facts: StoredFacts;
}

/** What an order is judged by. */
interface Judging extends Pick<JudgedOrder, 'needed' | 'facts'> {
  readonly rulebook: Rulebook;
  readonly prepared: PreparedQuote;
}

/** Quotes an order by the rules and facts of this moment, and tells what it counts. */
export async function evaluate(caller: Caller, db: Knex, order: Order): Promise<JudgedOrder> {
  for (;;) {
    const at = instantOf(caller, order);
    const judging = await currentRules(caller, db, order.quote, at);
    if (!hasBegunSince(at, caller, order, judging.facts)) return judge(caller, order, at, judging);
  }
}

/**
 * Returns whether a grant that was read began after the instant of the evaluation, because another order has recorded it in
 * between: the customer would neither earn its discount, which they have, nor keep it, which has not begun.
 */
function hasBegunSince(at: number, { services }: Caller, { quote }: Order, { grants }: StoredFacts): boolean {
  if (quote.at !== undefined || grants.length === 0) return false;
  const now = services.clock();
  return grants.map(({ startsAt }) => parseInstant(startsAt)).some((begin) => at < begin && begin <= now);
}

/**
 * Quotes an order by the rules that are in memory, and as if what it asks for were not used up, as it was not a moment ago.
 * Recording it finds out whether that is so, and counts nothing where it is not. Returns nothing where it could not find
 * out; then the facts are read first.
 */
export async function evaluateAssuming(caller: Caller, order: Order): Promise<JudgedOrder | undefined> {
  const { db, providerId, services } = caller;
  if (order.quote.customer !== undefined) return undefined;
  const at = instantOf(caller, order);
  const { rulebook } = await services.rulebooks.get(db, providerId);
  try {
    const prepared = prepareQuote(order.quote, at, rulebook);
    const { needed } = prepared;
    const facts = services.assumptions.factsFor(providerId, needed);
    if (facts === undefined) return undefined;
    const judged = judge(caller, order, at, { rulebook, prepared, needed, facts });
    if (!isBorneOut(judged)) return undefined;
    return { ...judged, entry: { ...judged.entry, catalogVersion: rulebook.version } };
  } catch (error) {
    if (error instanceof RequestRefused) return undefined;
    throw error;
  }
}

function instantOf({ services }: Caller, { quote: { at } }: Order): number {
  return at === undefined ? services.clock() : parseInstant(at);
}

function judge(caller: Caller, order: Order, at: number, { rulebook, prepared, needed, facts }: Judging): JudgedOrder {
  const { id, orderId, quote: request, holdSeconds, metadata, requestHash } = order;
  const { providerId } = caller;
  const { quote: answer, uses, grants, usedGrants } = prepared.evaluate({ ...facts, redeeming: true });
  const codes = new Map([...facts.codes.values()].map(({ id, version }) => [id, version]));
  const asked = JSON.stringify(request);
  assertAnswerable(answer);
  const quote: Quote = { ...answer, digest: digestOf(providerId, answer.catalogVersion, at, asked) };
  const entry: RedemptionEntry = {
    providerId,
    id,
    orderId,
    customerId: request.customer?.id,
    holdSeconds,
    metadata,
    requestHash,
    request: asked,
    quote: boundedQuote(quote),
    facts: newRedemptionFacts({ id, orderId, customerId: request.customer?.id, quote }),
    uses: countedUses(uses, facts),
    grants,
    promotions: versionsOf(uses, 'promotion', (id) => rulebook.promotion(id)?.source.version),
    codes: versionsOf(uses, 'code', (id) => codes.get(id)),
    discounts: versionsOf(uses, 'promotion', (id) => globalVersion(rulebook, id)),
    spent: new Map(usedGrants.map(({ id, version }) => [id, version])),
    counting: new Map(facts.counting && [[providerId, facts.counting.version]]),
    redeemed: answer.discounts.map(({ discountId }) => discountId),
    at: caller.now(),
  };
  return { entry, quote, needed, facts };
}

/** Returns the uses under the name that the customer's are counted by: one who was erased once is a hash there for good. */
function countedUses(uses: readonly Use[], { counting }: StoredFacts): readonly Use[] {
  if (counting === undefined) return uses;
  return uses.map((use) => (use.customerId === undefined ? use : { ...use, customerId: counting.customer }));
}

/** Returns the text of a quote that leaves room for what a redemption says beside it. */
function boundedQuote(quote: Quote): string {
  const text = JSON.stringify(quote);
  if (Buffer.byteLength(text) > MOST_ANSWER_BYTES - BESIDE_QUOTE) throw answerTooLarge();
  return text;
}

const BESIDE_QUOTE = 4_096;

/** Prices the cart under the current rules and loads its facts; one query if the cached rules are current. */
async function currentRules(
  { providerId, services }: Caller,
  db: Knex,
  request: QuoteRequest,
  at: number,
): Promise<Judging> {
  const judge = async (rulebook: Rulebook) => {
    const prepared = prepareQuote(request, at, rulebook);
    const { needed } = prepared;
    return { rulebook, prepared, needed, facts: await readFacts({ db, providerId, services }, needed) };
  };
  const { rulebook: kept } = await services.rulebooks.get(db, providerId);
  const judged = await judge(kept);
  if (judged.facts.catalogVersion === kept.version) return judged;
  const current = await services.rulebooks.current(db, providerId);
  return current === kept ? judged : judge(current);
}

/** A use of a rule is one of a promotion or of a global discount. */
function globalVersion(rulebook: Rulebook, id: string): number | undefined {
  return rulebook.discount(id)?.source.version;
}

/** Returns the versions of what is used and found. */
function versionsOf(
  uses: readonly Use[],
  kind: 'promotion' | 'code',
  versionOf: (id: string) => number | undefined,
): ReadonlyMap<string, number> {
  const versions = new Map<string, number>();
  for (const use of uses) {
    const version = use.kind === kind ? versionOf(use.subject) : undefined;
    if (version !== undefined) versions.set(use.subject, version);
  }
  return versions;
}
