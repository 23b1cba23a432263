import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { CustomValueType } from '../../engine/cart/custom-types';
import { add, remainder } from '../../engine/money/integer';
import { type Amounts, formatMoney, minorDigits, parseMoney, powerOfTen } from '../../engine/money/money';
import type { Discount } from '../../engine/rulebook/discount';
import { termsOf } from '../../engine/rulebook/terms';
import { addPeriod } from '../../engine/time/calendar';
import { formatInstant, type Instant, LAST_INSTANT, parseInstant } from '../../engine/time/instant';
import { type FieldError, RequestRefused } from '../../engine/vocabulary/problem';
import { typesUsedBy } from '../../store/catalog/custom-types';
import { lockDiscountForGrant } from '../../store/catalog/discounts';
import { Conflict } from '../../store/database/errors';
import { newRow, nextVersion, toDate } from '../../store/database/rows';
import { scheduleGrant } from '../../store/events/due-events';
import { recordGrant } from '../../store/events/grant-events';
import { getProvider } from '../../store/providers/providers';
import {
  type Grant,
  type GrantInput,
  type GrantRead,
  paymentsSpent,
  type Spent,
  saveGrant,
  toGrant,
} from '../../store/redemptions/grants';

/** Gives a customer a discount by hand: what is not said is as a redemption would give it that took nothing yet. */
export async function giveGrant(
  trx: Knex.Transaction,
  providerId: string,
  input: GrantInput,
  at: Date,
): Promise<Grant> {
  const discount = await lockDiscountForGrant(trx, providerId, input.discountId);
  if (discount === undefined) throw refused('/discountId', 'unknown_discount', 'is no discount');
  const provider = await getProvider(trx, providerId);
  const startsAt = input.startsAt ?? formatInstant(at.getTime());
  const endsAt = input.endsAt ?? endBy(discount, startsAt, provider?.timeZone ?? 'UTC');
  const balance = input.balance ?? (discount.carryOver ? amountsOf(discount) : undefined);
  assertGrant({ ...input, startsAt, endsAt, balance }, discount);
  const row = {
    ...newRow(providerId, at),
    customer_id: input.customerId,
    discount_id: discount.id,
    redemption_id: null,
    starts_at: new Date(parseInstant(startsAt)),
    ends_at: toDate(endsAt),
    service_id: input.serviceId ?? null,
    payments: input.paymentsLeft ?? discount.payments ?? null,
    balance: balance ?? null,
    terms: termsOf(discount, await typeOf(trx, providerId, discount)),
    note: input.note ?? null,
    revoked_at: null,
  };
  const given = await saveGrant(trx, row);
  await recordGrant(trx, providerId, given.id, 'grant.created');
  await scheduleGrant(trx, providerId, row);
  return given;
}

/** Returns the type of the discount's value, where it is one of the provider's. */
async function typeOf(
  trx: Knex.Transaction,
  providerId: string,
  { value }: Discount,
): Promise<CustomValueType | undefined> {
  return value.type === 'custom' ? (await typesUsedBy(trx, providerId, { value })).value(value.name) : undefined;
}

/** What of a grant stays as it was given. */
const FIXED = ['customerId', 'discountId', 'serviceId', 'startsAt'] as const;

/** Writes a locked grant: its end, its note and what is left of it, beside what was spent already. */
export async function changeGrant(trx: Knex.Transaction, row: GrantRead, input: GrantInput, at: Date): Promise<Grant> {
  if (row.status === 'revoked') throw new Conflict('grant_revoked', 'The grant has been revoked; give another one.');
  const stored = toGrant(row);
  const moved = FIXED.filter((name) => !isDeepStrictEqual(comparable(input[name]), comparable(stored[name])));
  if (moved.length > 0) {
    const detail = 'cannot be changed; revoke the grant and give another one';
    throw new RequestRefused(
      'invalid_request',
      moved.map((name) => ({ pointer: `/${name}`, code: 'unchangeable', detail })),
    );
  }
  assertWindow(stored.startsAt, input.endsAt);
  assertBalance(input.balance, row.balance !== null);
  const { spent, status, ...columns } = row;
  const ends_at = toDate(input.endsAt);
  const saved = await saveGrant(trx, {
    ...columns,
    ...nextVersion(row, at),
    ends_at,
    payments: input.paymentsLeft === undefined ? null : input.paymentsLeft + paymentsSpent(spent),
    balance: input.balance === undefined ? null : withSpent(input.balance, spent),
    note: input.note ?? null,
  });
  if (saved.status !== status && saved.status !== 'active') {
    await recordGrant(trx, row.provider_id, row.id, `grant.${saved.status}`);
  }
  await scheduleGrant(trx, row.provider_id, { id: row.id, starts_at: row.starts_at, ends_at });
  return saved;
}

/** Takes a locked grant back; one that was taken back stays as it is. */
export async function revokeGrant(trx: Knex.Transaction, row: GrantRead, at: Date): Promise<Grant> {
  if (row.status === 'revoked') return toGrant(row);
  const { spent: _spent, status: _status, ...columns } = row;
  const revoked = await saveGrant(trx, { ...columns, ...nextVersion(row, at), revoked_at: at });
  await recordGrant(trx, row.provider_id, row.id, 'grant.revoked');
  return revoked;
}

function assertGrant(grant: Partial<GrantInput> & { startsAt: Instant }, discount: Discount): void {
  assertWindow(grant.startsAt, grant.endsAt);
  assertBalance(grant.balance, discount.carryOver === true);
  if (discount.keptFor === 'service' && grant.serviceId === undefined) {
    throw refused('/serviceId', 'missing', 'is needed: the discount is kept for a service');
  }
}

function assertWindow(startsAt: Instant, endsAt: Instant | undefined): void {
  if (endsAt !== undefined && parseInstant(endsAt) <= parseInstant(startsAt)) {
    throw refused('/endsAt', 'window_empty', 'must be after startsAt');
  }
}

/** Only what carries over has a balance, in the coins of each currency. */
function assertBalance(balance: Amounts | undefined, hasBalance: boolean): void {
  if (balance === undefined) {
    if (hasBalance) throw refused('/balance', 'balance', 'cannot be removed; revoke the grant instead');
    return;
  }
  if (!hasBalance) throw refused('/balance', 'balance', 'is for discounts with carryOver');
  const errors = Object.entries(balance).flatMap(([currency, amount]): FieldError[] => {
    const digits = minorDigits(currency);
    if (remainder(parseMoney(amount), powerOfTen(6 - digits)) === 0) return [];
    return [
      { pointer: `/balance/${currency}`, code: 'digits', detail: `has at most ${digits} digits after the point` },
    ];
  });
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
}

function withSpent(balance: Amounts, spent: Spent): Amounts {
  const given = { ...balance };
  for (const [currency, amount] of Object.entries(spent)) {
    // What was spent in a currency stays given, so that a cancellation can give it back.
    if (currency !== '')
      given[currency] = formatMoney(add(parseMoney(balance[currency] ?? '0'), parseMoney(amount)), 6);
  }
  return given;
}

function amountsOf({ value }: Discount): Amounts | undefined {
  return value.type === 'amount_off' ? value.amounts : undefined;
}

function endBy({ validity }: Discount, startsAt: Instant, timeZone: string): Instant | undefined {
  if (validity === undefined) return undefined;
  return formatInstant(Math.min(LAST_INSTANT, addPeriod(parseInstant(startsAt), validity, timeZone)));
}

function comparable(value: string | undefined): string | number | undefined {
  return value !== undefined && /^\d{4}-\d\d-\d\dT/.test(value) ? parseInstant(value) : value;
}

function refused(pointer: string, code: string, detail: string): RequestRefused {
  return new RequestRefused('invalid_request', [{ pointer, code, detail }]);
}
