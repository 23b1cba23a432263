import type { Knex } from 'knex';
import type { PromoCodeInput } from '../../engine/rulebook/promo-code';
import { type CopiedValue, copyRows } from '../database/copy';
import { newId } from '../database/id';
import { toCodeColumns } from './promo-codes';

/** A code to import, with the line that it stands on. */
export interface ImportedCode {
  line: number;
  input: PromoCodeInput;
}

/** What an import did. */
export interface ImportOutcome {
  created: number;
  unchanged: number;
  /** The first lines whose code belongs to another promotion or has other values. */
  conflicts: { line: number; code: string; promotionId: string }[];
}

const COLUMNS = [
  'line',
  'id',
  'code',
  'code_key',
  'status',
  'starts_at',
  'ends_at',
  'max_redemptions',
  'max_redemptions_per_customer',
  'customer_id',
  'metadata',
] as const;

const STAGE = `
  create temporary table imported_codes (
    line bigint, id text collate "C", code text, code_key text collate "C", status text, starts_at timestamptz,
    ends_at timestamptz, max_redemptions bigint, max_redemptions_per_customer bigint, customer_id text,
    metadata jsonb
  ) on commit drop`;

/**
 * Creates codes of a promotion from a stream in constant memory: PostgreSQL receives them by COPY and inserts the new
 * ones. A code that is there with the same values is unchanged. Where there are conflicts, the caller must undo the
 * transaction.
 */
export async function importPromoCodes(
  trx: Knex.Transaction,
  providerId: string,
  { promotionId, batch, at }: { promotionId: string; batch: string; at: Date },
  codes: AsyncIterable<ImportedCode>,
): Promise<ImportOutcome> {
  await trx.raw(STAGE);
  await copyRows(trx, 'imported_codes', COLUMNS, rowsOf(promotionId, codes));
  await trx.raw(
    `insert into promo_codes (provider_id, id, promotion_id, code, code_key, status, starts_at, ends_at,
       max_redemptions, max_redemptions_per_customer, customer_id, metadata, batch, version, created_at, updated_at)
     select distinct on (code_key) :providerId, id, :promotionId, code, code_key, coalesce(status, 'active'), starts_at,
       ends_at, max_redemptions, max_redemptions_per_customer, customer_id, metadata, :batch, 1, :at, :at
     from imported_codes order by code_key, line
     on conflict (provider_id, code_key) do nothing`,
    { providerId, promotionId, batch, at },
  );
  const [all] = await trx('imported_codes').count<{ count: number }[]>();
  // By the ids that were given here: a cluster counts among the inserted rows those that were there already.
  const [ours] = await trx('imported_codes as i')
    .join('promo_codes as c', (on) => on.on('c.code_key', 'i.code_key').andOn('c.id', 'i.id'))
    .where('c.provider_id', providerId)
    .count<{ count: number }[]>();
  const { rows } = await trx.raw<{ rows: ImportOutcome['conflicts'] }>(
    `select i.line::int, i.code, c.promotion_id as "promotionId" from imported_codes i
     join promo_codes c on c.provider_id = :providerId and c.code_key = i.code_key
     where c.promotion_id <> :promotionId or coalesce(i.status, c.status) <> c.status
       or (i.starts_at, i.ends_at, i.max_redemptions, i.max_redemptions_per_customer, i.customer_id,
            i.metadata)
         is distinct from (c.starts_at, c.ends_at, c.max_redemptions, c.max_redemptions_per_customer, c.customer_id,
            c.metadata)
     order by i.line limit 51`,
    { providerId, promotionId },
  );
  const created = Number(ours?.count ?? 0);
  return { created, unchanged: Number(all?.count ?? 0) - created, conflicts: rows };
}

async function* rowsOf(
  promotionId: string,
  codes: AsyncIterable<ImportedCode>,
): AsyncGenerator<readonly CopiedValue[]> {
  for await (const { line, input } of codes) {
    const columns = { ...toCodeColumns(promotionId, input), line, id: newId(), status: input.status ?? null };
    yield COLUMNS.map((column) => columns[column]);
  }
}
