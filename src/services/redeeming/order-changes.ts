import type { Knex } from 'knex';
import type { MoneySum } from '../../engine/money/money';
import type { Quote } from '../../engine/quote/answer';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import type { Refund, ReturnRequest } from '../../engine/returns/answer';
import { takeBack } from '../../engine/returns/returns';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { retryContention } from '../../store/database/contention';
import { Conflict } from '../../store/database/errors';
import type { ReplacedRedemption } from '../../store/events/event-facts';
import { redemptionFacts } from '../../store/events/facts';
import { releaseExpiredHolds } from '../../store/redemptions/expired-holds';
import type { RedemptionRow } from '../../store/redemptions/redemption-rows';
import { assertNothingReturned } from '../../store/redemptions/redemptions';
import { recordInPlaceOf } from '../../store/redemptions/replacements';
import { orderedLines, saveReturn } from '../../store/redemptions/returns';
import type { Caller } from '../caller';
import { evaluate } from './evaluate';
import { ATTEMPTS, assertNoDraft, assertPrice, inDemand } from './redeem';

/** What an order is to be from now on. */
export interface ReplacementInput {
  /** The cart as it is now; the uses of the redemption that it replaces are set aside. */
  quote: QuoteRequest;
  /** The total that the customer was shown; another one is refused with 409 `price_changed`. */
  expectedTotal?: MoneySum;
}

/** Locks the redemption that a request names, in a transaction; throws where it may not be changed. */
export type Locking = (trx: Knex.Transaction) => Promise<RedemptionRow>;

/** Carries what stood in the way out of the transaction that it ends. */
class NotReplaced extends Error {
  constructor(readonly expired: boolean) {
    super('Nothing was replaced');
  }
}

/**
 * Gives back what a redemption counts, and counts its new cart in its place, in one transaction. Where a limit was
 * reached or the rules were written in between, the cart is evaluated again on what holds then.
 */
export async function replaceOrder(caller: Caller, input: ReplacementInput, lock: Locking): Promise<RedemptionRow> {
  assertNoDraft(input.quote);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await retryContention(() => caller.db.transaction((trx) => replaceNow(caller, trx, input, lock)));
    } catch (error) {
      if (!(error instanceof NotReplaced)) throw error;
      // What expired holds still have is free; nothing is locked here that they could wait for.
      if (error.expired) await releaseExpiredHolds(caller.db, caller.providerId);
    }
  }
  throw inDemand();
}

async function replaceNow(
  caller: Caller,
  trx: Knex.Transaction,
  { quote: request, expectedTotal }: ReplacementInput,
  lock: Locking,
): Promise<RedemptionRow> {
  const row = await lock(trx);
  assertReplaceable(row, request);
  const { id, order_id: orderId, request_hash: requestHash } = row;
  const { entry, quote } = await evaluate(caller, trx, {
    id,
    orderId,
    requestHash,
    quote: { ...request, redemptionId: id },
  });
  assertPrice(expectedTotal, quote);
  const at = entry.at.toISOString();
  const replaced: RedemptionRow = {
    ...row,
    customer_id: entry.customerId ?? null,
    quote: entry.quote,
    replaced_at: at,
    version: row.version + 1,
    updated_at: at,
  };
  const facts: ReplacedRedemption = { ...redemptionFacts(replaced), before: redemptionFacts(row).totals };
  const { written, expired } = await recordInPlaceOf(trx, row, {
    ...entry,
    request: JSON.stringify(asOrdered(request)),
    facts,
  });
  if (!written) throw new NotReplaced(expired);
  return replaced;
}

function assertReplaceable(row: RedemptionRow, { redemptionId }: QuoteRequest): void {
  if (row.status === 'cancelled' || row.status === 'expired') {
    throw new Conflict(`redemption_${row.status}`, `The redemption is ${row.status}; redeem the order anew.`);
  }
  assertNothingReturned(row);
  if (redemptionId === undefined || redemptionId === row.id) return;
  const detail = 'This names another redemption than the one to replace; leave it out.';
  throw new RequestRefused('invalid_request', [{ pointer: '/quote/redemptionId', code: 'redemption_id', detail }]);
}

/** Returns the cart as it is kept: which redemption was set aside for it goes without saying. */
function asOrdered({ redemptionId: _, ...request }: QuoteRequest): QuoteRequest {
  return request;
}

/** A return that was written. */
export interface Returned {
  readonly row: RedemptionRow;
  readonly refund: Refund;
}

/** Takes units of a confirmed redemption's order back. */
export async function returnUnits(
  trx: Knex.Transaction,
  row: RedemptionRow,
  request: ReturnRequest,
  at: Date,
): Promise<Returned> {
  assertReturnable(row);
  const quote: Quote = JSON.parse(row.quote);
  const order = { quote, lines: await orderedLines(trx, row), returned: row.returned ?? undefined };
  const made = takeBack(order, request);
  return { row: await saveReturn(trx, row, made, at), refund: made.refund };
}

function assertReturnable({ status }: RedemptionRow): void {
  if (status === 'held') {
    throw new Conflict('redemption_held', 'The redemption is only held; cancel it, or confirm it first.');
  }
  if (status === 'cancelled' || status === 'expired') {
    throw new Conflict(`redemption_${status}`, `The redemption is ${status}; nothing of it can be returned.`);
  }
}
