import type { Knex } from 'knex';
import { checkPromoCode } from '../../engine/rulebook/checks';
import type { PromoCodeInput } from '../../engine/rulebook/promo-code';
import type { FieldError } from '../../engine/vocabulary/problem';
import { recordChanges } from '../../store/audit-log';
import { type ImportedCode, type ImportOutcome, importPromoCodes } from '../../store/promo-codes/imported-promo-codes';
import { unhurried } from '../../store/slices';
import { withoutMark } from '../answers/csv';
import { invalid, MOST_ERRORS } from '../answers/problem';
import type { Context } from '../context';
import { streamedTypeOf } from '../contract/streamed-body';
import { schemaErrors } from '../contract/validate-body';
import { authorOf } from '../writes/audit';
import { atLine, readRecords, type StreamedRecord } from './records';

/** The most codes of one import. */
const MOST_CODES = 1_000_000;

/** Where the codes of an import go. */
interface Import {
  promotionId: string;
  batch: string;
  /** Whether everything is undone at the end. */
  dryRun: boolean;
}

/** What an import without conflicts did. */
type Counts = Omit<ImportOutcome, 'conflicts'>;

/** Thrown to undo a dry run. */
class DryRun extends Error {}

/** Imports the codes of the request's body, all or none. */
export async function importCodes(context: Context, { dryRun, ...target }: Import): Promise<Counts> {
  let counts: Counts = { created: 0, unchanged: 0 };
  try {
    // A stream comes once, so that a transaction that PostgreSQL ends cannot be run again.
    await context.db.transaction(async (trx) => {
      counts = await importInto(context, trx, target);
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return counts;
}

async function importInto(context: Context, trx: Knex.Transaction, target: Omit<Import, 'dryRun'>): Promise<Counts> {
  const { request, providerId } = context;
  const errors: FieldError[] = [];
  let outcome: ImportOutcome | undefined;
  await readRecords(
    request,
    async (records) => {
      const isTable = streamedTypeOf(request) === 'text/csv';
      const codes = unhurried(checkedCodes(records, errors, isTable));
      outcome = await importPromoCodes(trx, providerId, { ...target, at: context.now() }, codes);
    },
    { column: 'code' },
  );
  const { conflicts, ...counts } = outcome as ImportOutcome;
  errors.push(...conflicts.map((conflict) => conflictError(conflict, target.promotionId)));
  if (errors.length > 0) throw invalid(errors.slice(0, MOST_ERRORS));
  const after = { batch: target.batch, ...counts };
  const change = { action: 'import', resourceType: 'promotion', resourceId: target.promotionId, after } as const;
  await recordChanges(trx, providerId, authorOf(context), [change]);
  return counts;
}

/** Returns the codes that are sound; what is wrong with the others is added to `errors`, until these are enough. */
async function* checkedCodes(
  records: AsyncIterable<StreamedRecord>,
  errors: FieldError[],
  isTable: boolean,
): AsyncGenerator<ImportedCode> {
  let count = 0;
  for await (const { line, value } of records) {
    if (++count > MOST_CODES)
      throw invalid([
        atLine(line, { pointer: '', code: 'max_items', detail: 'is beyond the 1,000,000 codes of one import' }),
      ]);
    const input = isTable ? withNumbers(value) : value;
    const found = schemaErrors('PromoCodeInput', input);
    const wrong = found.length > 0 ? found : checkPromoCode(input as PromoCodeInput);
    if (wrong.length === 0) yield { line, input: input as PromoCodeInput };
    errors.push(...wrong.map((error) => atLine(line, error)));
    if (errors.length >= MOST_ERRORS) throw invalid(errors.slice(0, MOST_ERRORS));
  }
}

const NUMBERS = ['maxRedemptions', 'maxRedemptionsPerCustomer'];
/** What an export writes and an import passes over. */
const IGNORED = 'redemptions';

/** A row of a table has texts only. */
function withNumbers(row: unknown): unknown {
  return Object.fromEntries(
    Object.entries(row as Record<string, string>).flatMap(([name, cell]): [string, unknown][] => {
      if (name === IGNORED) return [];
      if (NUMBERS.includes(name) && /^\d{1,15}$/.test(cell)) return [[name, Number(cell)]];
      return [[name, withoutMark(cell)]];
    }),
  );
}

function conflictError({ line, code, promotionId }: ImportOutcome['conflicts'][number], own: string): FieldError {
  const detail =
    promotionId === own
      ? `The code "${code}" is there already, with other values.`
      : `The code "${code}" belongs to another promotion.`;
  return atLine(line, { pointer: '/code', code: 'code_taken', detail });
}
