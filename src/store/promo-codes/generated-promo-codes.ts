import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { Instant } from '../../engine/time/instant';
import type { Metadata } from '../../engine/vocabulary/attributes';
import { normalizeCode } from '../../engine/vocabulary/code-form';
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
   * How a code looks; every `#` becomes a random letter or digit, without those that look alike. At least six are needed,
   * and where there are many such codes they get more of them.
   * @pattern ^[^\s\u0085\p{Cf}](.{0,98}[^\s\u0085\p{Cf}])?$
   * @default "##########"
   */
  pattern?: string;
  /**
   * Only an active code counts.
   * @default "active"
   */
  status?: Status;
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
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
  /** The platform's own notes on each code; no rule reads them. */
  metadata?: Metadata;
  /** Names the batch of these codes; absent: none. */
  batch?: Term;
}

/** 32 characters, so that five random bits choose one fairly; without I, O, 0 and 1. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const DEFAULT_PATTERN = '##########';
const LONGEST_CODE = 100;
/** One in this many guesses may hit. */
const GUESSES_PER_CODE = 1_000_000_000n;
/** Few enough to let other requests in between. */
const ROWS_PER_STATEMENT = 200;
/** Codes that exist already are generated again; a pattern that needs more rounds is exhausted. */
const SPARE_ROUNDS = 20;

/**
 * Creates many unguessable codes at once, all or none. Where the pattern is too short for so many, its codes get more
 * characters after the last `#`.
 */
export async function generatePromoCodes(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  { count, pattern = DEFAULT_PATTERN, ...fields }: PromoCodeBatch,
  at: Date,
): Promise<Iterable<PromoCode>> {
  const roomy = await withRoom(trx, providerId, pattern, count);
  const made: Pick<PromoCodeRow, 'id' | 'code'>[] = [];
  const rounds = Math.ceil(count / ROWS_PER_STATEMENT) + SPARE_ROUNDS;
  for (let round = 0; made.length < count; round++) {
    if (round === rounds) throw tooSmall(count);
    const rows = Array.from({ length: Math.min(count - made.length, ROWS_PER_STATEMENT) }, () => ({
      ...newRow(providerId, at),
      ...toCodeColumns(promotionId, { ...fields, code: fill(roomy) }),
    }));
    const kept = await insertNew(trx, rows);
    for (const { id, code } of rows) if (kept.has(id)) made.push({ id, code });
  }
  return codesOf(made, { ...newRow(providerId, at), ...toCodeColumns(promotionId, { ...fields, code: roomy }) });
}

/** Returns the codes one by one, for those of a call have everything but these in common: a hundred thousand need no memory at once. */
function* codesOf(made: readonly Pick<PromoCodeRow, 'id' | 'code'>[], alike: PromoCodeRow): Generator<PromoCode> {
  for (const own of made) yield toPromoCode({ ...alike, ...own }, 0);
}

/** Returns the pattern, with as many more `#` as it takes until all codes that look like it together are hard to guess. */
async function withRoom(trx: Knex.Transaction, providerId: string, pattern: string, count: number): Promise<string> {
  if (possible(pattern) < GUESSES_PER_CODE) throw tooSmall(1);
  const last = pattern.lastIndexOf('#');
  for (let longer = pattern; longer.length <= LONGEST_CODE; ) {
    const existing = await countAlike(trx, providerId, longer);
    if (possible(longer) >= BigInt(existing + count) * GUESSES_PER_CODE) return longer;
    longer = `${longer.slice(0, last)}#${longer.slice(last)}`;
  }
  throw tooSmall(count);
}

/** Returns how many codes fit a pattern. */
function possible(pattern: string): bigint {
  return BigInt(ALPHABET.length) ** BigInt(pattern.split('#').length - 1);
}

/** Returns how many of the provider's codes could have been made by a pattern. */
async function countAlike(trx: Knex.Transaction, providerId: string, pattern: string): Promise<number> {
  const alike = normalizeCode(pattern)
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('#', '_');
  const [found] = await trx('promo_codes')
    .where('provider_id', providerId)
    .whereLike('code_key', alike)
    .count<{ count: number }[]>();
  return found?.count ?? 0;
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
  const codes = count === 1 ? 'a code' : `${count} codes`;
  const detail = `needs more # for ${codes} that cannot be guessed`;
  return new RequestRefused('pattern_too_small', [{ pointer: '/pattern', code: 'pattern_too_small', detail }]);
}
