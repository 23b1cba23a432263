import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { Instant } from '../../engine/time/instant';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Status, Term } from '../../engine/vocabulary/resource';
import { newRow } from '../database/rows';
import { type PromoCodeRow, toCodeColumns, toPromoCode } from './promo-codes';

/** What every generated code has. */
export interface PromoCodeBatch {
  /**
   * How many codes.
   * @isInt
   * @minimum 1
   * @maximum 100000
   */
  count: number;
  /**
   * How a code looks; every `#` becomes a random letter or digit, without those that look alike.
   * @pattern ^\S(.{0,98}\S)?$
   * @default "##########"
   */
  pattern?: string;
  /**
   * Only an active code counts.
   * @default "active"
   */
  status?: Status;
  /** From this instant on. */
  startsAt?: Instant;
  /** Until before this instant. */
  endsAt?: Instant;
  /**
   * Redemptions in all, of each code.
   * @isLong
   * @minimum 1
   */
  maxRedemptions?: number;
  /**
   * Redemptions per customer, of each code.
   * @isLong
   * @minimum 1
   */
  maxRedemptionsPerCustomer?: number;
  /** The only customer who may use the codes. */
  customerId?: Term;
}

/** 32 characters, so that five random bits choose one fairly; without I, O, 0 and 1. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const DEFAULT_PATTERN = '##########';
/** Of so many guesses one may hit; a pattern that gives fewer codes than this for each is refused. */
const GUESSES_PER_CODE = 1000n;
const ROWS_PER_STATEMENT = 5000;
/** Codes that somebody has already are made again; a pattern that needs more rounds for it is used up. */
const SPARE_ROUNDS = 20;

/** Makes many codes at once that nobody can guess; all of them or none. */
export async function generatePromoCodes(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  { count, pattern = DEFAULT_PATTERN, ...fields }: PromoCodeBatch,
  at: Date,
): Promise<PromoCode[]> {
  const places = pattern.split('#').length - 1;
  if (BigInt(ALPHABET.length) ** BigInt(places) < BigInt(count) * GUESSES_PER_CODE) throw tooSmall(count);
  const made: PromoCode[] = [];
  const rounds = Math.ceil(count / ROWS_PER_STATEMENT) + SPARE_ROUNDS;
  for (let round = 0; made.length < count; round++) {
    if (round === rounds) throw tooSmall(count);
    const rows = Array.from({ length: Math.min(count - made.length, ROWS_PER_STATEMENT) }, () => ({
      ...newRow(providerId, at),
      ...toCodeColumns(promotionId, { ...fields, code: fill(pattern) }),
    }));
    const kept = await insertNew(trx, rows);
    made.push(...rows.filter(({ id }) => kept.has(id)).map((row) => toPromoCode(row, 0)));
  }
  return made;
}

/** Inserts the codes that nobody has yet and answers their ids. */
async function insertNew(trx: Knex.Transaction, rows: readonly PromoCodeRow[]): Promise<Set<string>> {
  const { rows: inserted } = await trx.raw<{ rows: { id: string }[] }>(
    `insert into promo_codes select * from jsonb_populate_recordset(null::promo_codes, ?::jsonb)
     on conflict (provider_id, code_key) do nothing returning id`,
    [JSON.stringify(rows)],
  );
  return new Set(inserted.map(({ id }) => id));
}

function fill(pattern: string): string {
  const random = randomBytes(pattern.length);
  return Array.from(pattern, (character, index) =>
    character === '#' ? ALPHABET.charAt((random[index] ?? 0) % ALPHABET.length) : character,
  ).join('');
}

function tooSmall(count: number): RequestRefused {
  const detail = `needs more # for ${count} codes that nobody can guess`;
  return new RequestRefused('pattern_too_small', [{ pointer: '/pattern', code: 'pattern_too_small', detail }]);
}
