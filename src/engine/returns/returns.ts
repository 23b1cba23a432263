import type { CartLine } from '../cart/cart';
import type { LineDiscount, QuotedLine } from '../decision/quoted-line';
import { add, type Integer, least, multiply, quotient, remainder, subtract } from '../money/integer';
import { formatMoney, type MoneySum, minorDigits, parseMoney, powerOfTen } from '../money/money';
import type { Quote } from '../quote/answer';
import { type FieldError, RequestRefused } from '../vocabulary/problem';
import type { Refund, RefundedLine, ReturnRequest } from './answer';

/** An order as it was redeemed, and what came back of it already. */
export interface ReturnableOrder {
  /** The lines as ordered; without a quantity they are of one unit. */
  readonly lines: readonly Pick<CartLine, 'id' | 'quantity'>[];
  /** What they cost. */
  readonly quote: Pick<Quote, 'currency' | 'lines'>;
  /** The refunds so far, added up. */
  readonly returned: Refund | undefined;
}

/** What a return makes of an order. */
export interface Return {
  /** What is paid back now. */
  readonly refund: Refund;
  /** The refunds so far, this one included. */
  readonly returned: Refund;
  /** Whether nothing is left of the order. */
  readonly isWhole: boolean;
  /** What its discounts had taken off the units and fees that come back, by promotion. */
  readonly budgets: ReadonlyMap<string, MoneySum>;
}

/** Takes units and setup fees of an order back; throws `RequestRefused` where more is asked for than is left. */
export function takeBack(order: ReturnableOrder, request: ReturnRequest): Return {
  const lines = linesOf(order);
  const errors = [...lineErrors(lines, request), ...setupErrors(lines, request)];
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  const parts = partsOf(lines, request);
  const digits = minorDigits(order.quote.currency);
  const budgets = new Map<string, Integer>();
  for (const part of parts) countDiscounts(part, digits, budgets);
  const refunded = parts.map((part) => paidBack(part, digits));
  const refund = { total: sumOf(refunded, digits), lines: refunded };
  const returned = together(order.returned, refund, digits);
  return {
    refund,
    returned,
    isWhole: linesOf({ ...order, returned }).every(isBack),
    budgets: new Map([...budgets].map(([id, amount]) => [id, formatMoney(amount, digits)])),
  };
}

/** A line of the order, with what is left of it. */
interface OrderedLine {
  readonly id: string;
  readonly quantity: number;
  readonly quoted: QuotedLine;
  /** How many units came back. */
  readonly back: number;
  /** Whether it has a setup fee that has not come back. */
  readonly hasSetup: boolean;
}

function linesOf({ lines, quote, returned }: ReturnableOrder): OrderedLine[] {
  const refunds = new Map(returned?.lines.map((line) => [line.lineId, line]));
  return lines.map(({ id, quantity = 1 }, index) => {
    const quoted = quote.lines[index] as QuotedLine;
    const before = refunds.get(id);
    const hasSetup = quoted.setup !== undefined && before?.setup === undefined;
    return { id, quantity, quoted, back: before?.quantity ?? 0, hasSetup };
  });
}

/** A setup fee that cost nothing keeps no order open. */
function isBack({ quantity, back, hasSetup, quoted }: OrderedLine): boolean {
  return back === quantity && !(hasSetup && quoted.setup !== undefined && parseMoney(quoted.setup.total) > 0);
}

function lineErrors(lines: readonly OrderedLine[], request: ReturnRequest): FieldError[] {
  const known = new Map(lines.map((line) => [line.id, line]));
  const named = new Set<string>();
  return request.lines.flatMap(({ lineId, quantity }, index): FieldError[] => {
    const pointer = `/lines/${index}`;
    const line = known.get(lineId);
    const isTwice = named.has(lineId);
    named.add(lineId);
    if (line === undefined) {
      const detail = `The order has no line "${lineId}"; name one of its lines.`;
      return [{ pointer: `${pointer}/lineId`, code: 'unknown_line', detail }];
    }
    if (isTwice) {
      const detail = `The line "${lineId}" is named twice; add its units up.`;
      return [{ pointer: `${pointer}/lineId`, code: 'duplicate_id', detail }];
    }
    const left = line.quantity - line.back;
    if (quantity <= left) return [];
    const detail = `Of the line "${lineId}" ${left} of ${line.quantity} units are left to return; send no more than that.`;
    return [{ pointer: `${pointer}/quantity`, code: 'more_than_left', detail }];
  });
}

function setupErrors(lines: readonly OrderedLine[], request: ReturnRequest): FieldError[] {
  if (request.setup !== true) {
    if (request.lines.length > 0) return [];
    return [
      { pointer: '/lines', code: 'nothing_to_return', detail: 'Nothing comes back; name a line, or send setup.' },
    ];
  }
  if (!lines.every(isBack) && withSetup(lines, request).length > 0) return [];
  const detail = 'No setup fee is left to pay back; leave setup out.';
  return [{ pointer: '/setup', code: 'more_than_left', detail }];
}

/** Returns the lines whose setup fees are asked for and left. */
function withSetup(lines: readonly OrderedLine[], request: ReturnRequest): OrderedLine[] {
  if (request.setup !== true) return [];
  const named = new Set(request.lines.map(({ lineId }) => lineId));
  return lines.filter(({ id, hasSetup }) => hasSetup && (named.size === 0 || named.has(id)));
}

/** What comes back of one line. */
interface Part {
  readonly line: OrderedLine;
  readonly units: number;
  readonly setup: boolean;
}

/** Returns the lines as they were named; where none was, those whose setup fees come back. */
function partsOf(lines: readonly OrderedLine[], request: ReturnRequest): Part[] {
  const known = new Map(lines.map((line) => [line.id, line]));
  const setups = new Set(withSetup(lines, request));
  if (request.lines.length === 0) return [...setups].map((line) => ({ line, units: 0, setup: true }));
  return request.lines.map(({ lineId, quantity }) => {
    const line = known.get(lineId) as OrderedLine;
    return { line, units: quantity, setup: setups.has(line) };
  });
}

function paidBack({ line, units, setup }: Part, digits: number): RefundedLine {
  const fee = setup && line.quoted.setup !== undefined ? minor(line.quoted.setup.total, digits) : undefined;
  const amount = add(shareOfUnits(line, units, minor(line.quoted.total, digits)), fee ?? 0);
  return {
    lineId: line.id,
    quantity: units,
    amount: formatMoney(amount, digits),
    ...(fee !== undefined && { setup: formatMoney(fee, digits) }),
  };
}

/** Returns what a promotion took off in its own right it had from its budget; what a grant gave was counted before. */
function countDiscounts({ line, units, setup }: Part, digits: number, budgets: Map<string, Integer>): void {
  const count = ({ promotionId, grantId }: LineDiscount, amount: Integer): void => {
    if (promotionId === undefined || grantId !== undefined) return;
    budgets.set(promotionId, add(budgets.get(promotionId) ?? 0, amount));
  };
  for (const one of line.quoted.discounts) count(one, shareOfUnits(line, units, minor(one.amount, digits)));
  for (const one of (setup && line.quoted.setup?.discounts) || []) count(one, minor(one.amount, digits));
}

/** Returns what the next units have of an amount that all units of the line share by largest remainder, the earlier ones first. */
function shareOfUnits({ quantity, back }: OrderedLine, units: number, amount: Integer): Integer {
  const ofFirst = (count: number) =>
    add(multiply(quotient(amount, quantity), count), least(remainder(amount, quantity), count));
  return subtract(ofFirst(back + units), ofFirst(back));
}

/** Both refunds as one, line by line in the order in which they first came back. */
function together(before: Refund | undefined, now: Refund, digits: number): Refund {
  const lines = new Map<string, RefundedLine>();
  for (const line of [...(before?.lines ?? []), ...now.lines]) {
    const known = lines.get(line.lineId);
    lines.set(line.lineId, known === undefined ? line : bothOf(known, line, digits));
  }
  return { total: sumOf([...lines.values()], digits), lines: [...lines.values()] };
}

function bothOf(a: RefundedLine, b: RefundedLine, digits: number): RefundedLine {
  return { ...a, ...b, quantity: a.quantity + b.quantity, amount: sumOf([a, b], digits) };
}

function sumOf(lines: readonly Pick<RefundedLine, 'amount'>[], digits: number): MoneySum {
  let total: Integer = 0;
  for (const { amount } of lines) total = add(total, minor(amount, digits));
  return formatMoney(total, digits);
}

/** Returns an amount in minor units. */
function minor(amount: MoneySum, digits: number): Integer {
  return quotient(parseMoney(amount), powerOfTen(6 - digits));
}
