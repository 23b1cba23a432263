import Big from 'big.js';
import type { Knex } from 'knex';
import type { Use } from '../../engine/judging/facts';
import type { MoneySum } from '../../engine/money/money';
import type { Quote } from '../../engine/quote/answer';
import { type PreparedQuote, prepareQuote } from '../../engine/quote/quote';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import { parseInstant } from '../../engine/time/instant';
import { answerTooLarge, assertAnswerable, MOST_ANSWER_BYTES } from '../../engine/vocabulary/answer-size';
import type { Metadata } from '../../engine/vocabulary/attributes';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Term } from '../../engine/vocabulary/resource';
import { Conflict } from '../../store/database/errors';
import { newId } from '../../store/database/id';
import { newRedemptionFacts } from '../../store/events/facts';
import type { StoredFacts } from '../../store/redemptions/found-facts';
import { type RecordOutcome, recordRedemptions } from '../../store/redemptions/redemption-ledger';
import type { RedemptionEntry, RedemptionRow } from '../../store/redemptions/redemption-rows';
import { getRedemption, isRequestOf } from '../../store/redemptions/redemptions';
import type { Caller } from '../caller';
import { refuseLate } from '../concurrency/batcher';
import { PriceChanged, Unavailable } from '../errors';
import { digestOf, hashOfJson } from '../quoting/digest';
import { readFacts } from '../quoting/quotes';

/** An order that uses promotions. */
export interface RedemptionInput {
  /** The platform's order; one redemption each. */
  orderId: Term;
  /** The cart as ordered; it is evaluated again. */
  quote: QuoteRequest;
  /** The total that the customer was shown; another one is refused with 409 `price_changed`. */
  expectedTotal?: MoneySum;
  /**
   * Only hold the uses, for so many seconds, until they are confirmed or cancelled.
   * @isInt
   * @minimum 1
   * @maximum 2592000
   */
  holdSeconds?: number;
  /** The platform's own notes on the order; no rule reads them. */
  metadata?: Metadata;
}

/** Each attempt reloads what made the previous one fail: a limit that was reached, or rules that changed. */
export const ATTEMPTS = 10;

/**
 * Evaluates a cart again and counts its uses. The same order again answers its first redemption while that is held or
 * confirmed, even where the cart would be refused, or have another price, today.
 */
export async function redeem(caller: Caller, input: RedemptionInput): Promise<RedemptionRow> {
  assertNoDraft(input.quote);
  if (input.quote.redemptionId !== undefined) {
    const detail = 'A new order sets no other one aside; leave it out, or replace that redemption.';
    throw new RequestRefused('invalid_request', [{ pointer: '/quote/redemptionId', code: 'redemption_id', detail }]);
  }
  const requestHash = hashOfJson(input);
  try {
    return await redeemNow(caller, input, requestHash);
  } catch (error) {
    if (!(error instanceof RequestRefused || error instanceof PriceChanged || error instanceof Unavailable))
      throw error;
    const existing = await getRedemption(caller.db, caller.providerId, { key: input.orderId });
    if (existing !== undefined && isLive(existing)) return sameRequest(caller, existing, requestHash);
    if (!(error instanceof Unavailable)) {
      caller.services.metrics.countRedemption(error instanceof PriceChanged ? 'price_changed' : 'refused');
    }
    throw error;
  }
}

/** Refuses rules that are not stored: nobody else could be judged by them. */
export function assertNoDraft({ draft }: QuoteRequest): void {
  if (draft === undefined) return;
  const detail = 'Unsaved rules cannot be redeemed.';
  throw new RequestRefused('invalid_request', [{ pointer: '/quote/draft', code: 'draft', detail }]);
}

/** Where a limit was reached or the rules were written in between, the cart is evaluated again on what holds then. */
async function redeemNow(caller: Caller, input: RedemptionInput, requestHash: string): Promise<RedemptionRow> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { entry, quote } = await evaluate(caller, caller.db, { ...input, id: newId(), requestHash });
    assertPrice(input.expectedTotal, quote);
    const outcome = await record(caller, entry);
    if (outcome.kind === 'recorded') {
      caller.services.metrics.countRedemption(entry.holdSeconds === undefined ? 'confirmed' : 'held');
      return outcome.row;
    }
    if (outcome.kind === 'exists') return sameRequest(caller, outcome.row, requestHash);
  }
  throw inDemand();
}

/** Says that others were faster again and again. */
export function inDemand(): Unavailable {
  return new Unavailable('The limits of this cart are in great demand; try again.');
}

/** Refuses a cart that has another total than the customer was shown. */
export function assertPrice(expected: MoneySum | undefined, quote: Quote): void {
  if (expected !== undefined && !Big(expected).eq(quote.totals.total)) throw new PriceChanged(quote);
}

/** An order to evaluate. */
type Order = Omit<RedemptionInput, 'expectedTotal'> & Pick<RedemptionEntry, 'id' | 'requestHash'>;

/** Quotes an order by the rules and facts of this moment, and tells what it counts. */
export async function evaluate(
  caller: Caller,
  db: Knex,
  { id, orderId, quote: request, holdSeconds, metadata, requestHash }: Order,
): Promise<{ entry: RedemptionEntry; quote: Quote }> {
  const { providerId, services } = caller;
  const at = request.at === undefined ? services.clock() : parseInstant(request.at);
  const { rulebook, prepared, facts } = await currentRules(caller, db, request, at);
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
  return { entry, quote };
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
): Promise<{ rulebook: Rulebook; prepared: PreparedQuote; facts: StoredFacts }> {
  const judge = async (rulebook: Rulebook) => {
    const prepared = prepareQuote(request, at, rulebook);
    return { rulebook, prepared, facts: await readFacts({ db, providerId, services }, prepared.needed) };
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

/** An idempotent request counts in its own transaction; all others are counted together with those of the same moment. */
async function record(caller: Caller, entry: RedemptionEntry): Promise<RecordOutcome> {
  const { db, services } = caller;
  if (!db.isTransaction) return services.redemptions.submit(entry).catch(refuseLate);
  const [outcome] = await recordRedemptions(db, [entry]);
  return outcome as RecordOutcome;
}

/** Returns whether a redemption has its order for itself. */
function isLive({ status }: RedemptionRow): boolean {
  return status === 'held' || status === 'confirmed' || status === 'returned';
}

/** Reads one redemption per order: the same request again is answered with the first, another one is a conflict. */
async function sameRequest({ db, services }: Caller, row: RedemptionRow, requestHash: string): Promise<RedemptionRow> {
  const isSame = await isRequestOf(db, row, requestHash);
  services.metrics.countRedemption(isSame ? 'repeated' : 'refused');
  if (isSame) return row.replaced_at === null ? { ...row, ...firstState(row) } : row;
  throw new Conflict('order_redeemed', `Order "${row.order_id}" has been redeemed with another request.`);
}

/** Returns what the row was when it was written. */
function firstState(row: RedemptionRow): Partial<RedemptionRow> {
  const status = row.expires_at === null ? 'confirmed' : 'held';
  return { status, version: 1, updated_at: row.created_at, returned: null };
}
