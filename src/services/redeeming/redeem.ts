import Big from 'big.js';
import type { MoneySum } from '../../engine/money/money';
import type { Quote } from '../../engine/quote/answer';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import type { Metadata } from '../../engine/vocabulary/attributes';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Term } from '../../engine/vocabulary/resource';
import { Conflict } from '../../store/database/errors';
import { newId } from '../../store/database/id';
import { type RecordOutcome, recordRedemptions } from '../../store/redemptions/redemption-ledger';
import type { RedemptionEntry, RedemptionRow } from '../../store/redemptions/redemption-rows';
import { getRedemption, isRequestOf } from '../../store/redemptions/redemptions';
import type { Caller } from '../caller';
import { refuseLate } from '../concurrency/batcher';
import { PriceChanged, Unavailable } from '../errors';
import { hashOfJson } from '../quoting/digest';
import { evaluate, evaluateAssuming } from './evaluate';

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
  const { providerId, services } = caller;
  let assumes = true;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const order = { ...input, id: newId(), requestHash };
    const assumed = assumes ? await evaluateAssuming(caller, order) : undefined;
    const isLikely = assumed !== undefined && isPrice(input.expectedTotal, assumed.quote);
    const judged = isLikely ? assumed : await evaluate(caller, caller.db, order);
    assertPrice(input.expectedTotal, judged.quote);
    const outcome = await record(caller, judged.entry);
    if (outcome.kind === 'recorded') {
      services.assumptions.confirm(providerId, judged);
      services.metrics.countRedemption(judged.entry.holdSeconds === undefined ? 'confirmed' : 'held');
      return outcome.row;
    }
    if (outcome.kind === 'exists') return sameRequest(caller, outcome.row, requestHash);
    services.assumptions.drop(providerId, judged.needed);
    assumes = false;
  }
  throw inDemand();
}

/** Says that others were faster again and again. */
export function inDemand(): Unavailable {
  return new Unavailable('The limits of this cart are in great demand; try again.');
}

/** Refuses a cart that has another total than the customer was shown. */
export function assertPrice(expected: MoneySum | undefined, quote: Quote): void {
  if (!isPrice(expected, quote)) throw new PriceChanged(quote);
}

function isPrice(expected: MoneySum | undefined, quote: Quote): boolean {
  return expected === undefined || Big(expected).eq(quote.totals.total);
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
