import type { Knex } from 'knex';
import { type FieldError, fieldError } from '../../engine/vocabulary/problem';
import { mostRuleBytes } from '../../services/caller';
import { Unavailable } from '../../services/errors';
import { recordChanges } from '../../store/audit-log';
import { nodesOf } from '../../store/database/nodes';
import { recordEvents } from '../../store/events/record-events';
import { unhurried } from '../../store/slices';
import {
  matchStaged,
  type StagedEntry,
  stageDocument,
  stagedErrors,
} from '../../store/streamed-catalog/staged-document';
import { importStaged } from '../../store/streamed-catalog/streamed-import';
import { archivedUsesBroken, storedTypes } from '../../store/whole-catalog/archived-uses';
import { type CatalogChanges, withoutNewIds } from '../../store/whole-catalog/changes';
import { lockCatalog } from '../../store/whole-catalog/import';
import { catalogVersion } from '../../store/whole-catalog/load-catalog';
import { publishRules } from '../../store/whole-catalog/publish';
import { HttpProblem, invalid, MOST_ERRORS } from '../answers/problem';
import { requireVersion } from '../answers/versions';
import type { Context } from '../context';
import { schemaErrors } from '../contract/validate-body';
import { authorOf } from '../writes/audit';
import { CATALOG_LINES, FORMAT } from './catalog-lines';
import { TypesOfDocument } from './document-types';
import { atLine, readRecords, type StreamedRecord } from './records';

/** A line may be as long as the body of a promotion. */
const LONGEST_LINE = 1_048_576;
const MOST_LINES = 1_000_000;
/** So often the log tells how far an import is. */
const LINES_PER_NOTE = 10_000;

/** What an import changes, and the version that the catalog has then. */
interface Imported {
  changes: CatalogChanges;
  version: number;
}

/** Thrown to undo a dry run. */
class DryRun extends Error {}

/** Makes the catalog equal to the document in the request's body, line by line: all of it or nothing. */
export async function importCatalogLines(context: Context, dryRun: boolean): Promise<Imported> {
  if (nodesOf(context.db) !== undefined) {
    // Lines are compared with what is stored in a table of the transaction's own, which a cluster does not join with its tables.
    throw new HttpProblem(
      415,
      'unsupported_media_type',
      'Send application/json: a cluster takes no catalog line by line.',
    );
  }
  let imported: Imported | undefined;
  try {
    // A stream comes once, so that a transaction that PostgreSQL ends cannot be run again.
    await context.db.transaction(async (trx) => {
      imported = await importInto(context, trx);
      if (dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  const { changes, version } = imported as Imported;
  return dryRun ? { changes: withoutNewIds(changes), version } : { changes, version };
}

async function importInto(context: Context, trx: Knex.Transaction): Promise<Imported> {
  const { providerId, services } = context;
  const errors: FieldError[] = [];
  const stored = await storedTypes(trx, providerId);
  const types = new TypesOfDocument(stored);
  const progress = (lines: number) => note(context, 'read', lines);
  await readRecords(
    context.request,
    (records) => stageDocument(trx, unhurried(checkedEntries(records, { errors, types, progress }))),
    { longestLine: LONGEST_LINE },
  );
  if (errors.length > 0) throw invalid(errors.slice(0, MOST_ERRORS));
  await lockCatalog(trx, providerId);
  if (JSON.stringify(stored) !== JSON.stringify(await storedTypes(trx, providerId))) {
    throw new Unavailable('Types were written while the document was read; send it again.');
  }
  const version = (await catalogVersion(trx, providerId)) ?? 0;
  requireVersion(context, { version });
  const wrong = await stagedErrors(trx, providerId);
  if (wrong.length > 0) throw invalid(wrong.slice(0, MOST_ERRORS).map((error) => atLine(error.line, error)));
  await matchStaged(trx, providerId);
  let written = 0;
  const { changes, written: ids } = await importStaged(trx, { providerId, at: context.now() }, async (audited) => {
    await recordChanges(trx, providerId, authorOf(context), audited);
    const before = Math.floor(written / LINES_PER_NOTE);
    written += audited.length;
    if (Math.floor(written / LINES_PER_NOTE) > before) note(context, 'written', written);
  });
  if (types.hasOwn) {
    const broken = await archivedUsesBroken(trx, providerId);
    if (broken.length > 0) throw invalid(broken.slice(0, MOST_ERRORS));
  }
  const { counts } = changes;
  if (counts.created + counts.changed + counts.archived === 0) return { changes, version };
  const { version: catalogVersionNow } = await publishRules(trx, providerId, { ids }, mostRuleBytes(services));
  const data = { ...counts, catalogVersion: catalogVersionNow };
  await recordEvents(trx, providerId, [{ type: 'catalog.imported', data }]);
  return { changes, version: catalogVersionNow };
}

function note({ services, providerId, requestId }: Context, done: 'read' | 'written', count: number): void {
  services.log.info({ provider: providerId, requestId, [done]: count }, 'A catalog is being imported');
}

/** Returns the entries that are sound; what is wrong with the others is added to `errors`, until these are enough. */
async function* checkedEntries(
  records: AsyncIterable<StreamedRecord>,
  { errors, types, progress }: { errors: FieldError[]; types: TypesOfDocument; progress: (lines: number) => void },
): AsyncGenerator<StagedEntry> {
  let count = -1;
  let end: { line: number; count: number } | undefined;
  const refuse = (line: number, found: readonly FieldError[]): void => {
    errors.push(...found.map((error) => atLine(line, error)));
    if (errors.length >= MOST_ERRORS) throw invalid(errors.slice(0, MOST_ERRORS));
  };
  for await (const { line, value } of records) {
    if (end !== undefined)
      throw invalid([atLine(line, fieldError('', 'after_end', 'There is a line after the last one.'))]);
    if (++count === 0) {
      if (!isHead(value))
        throw invalid([atLine(line, fieldError('', 'catalog', `The first line must be ${FORMAT.head}.`))]);
      continue;
    }
    if (count > MOST_LINES)
      throw invalid([atLine(line, fieldError('', 'max_items', `A document has at most ${MOST_LINES} entries.`))]);
    if (count % LINES_PER_NOTE === 0) progress(count);
    end = endOf(line, value);
    if (end !== undefined) continue;
    const checked = checkLine(line, value, types);
    if ('entry' in checked) yield checked;
    else refuse(line, checked.errors);
  }
  if (end === undefined)
    throw invalid([fieldError('', 'incomplete', `The last line must be ${FORMAT.end}: the document is cut off.`)]);
  if (end.count !== count - 1) {
    const detail = `The document has ${Math.max(0, count - 1)} entries, not ${end.count}.`;
    throw invalid([atLine(end.line, fieldError('/count', 'count', detail))]);
  }
}

function isHead(value: unknown): boolean {
  return JSON.stringify(value) === FORMAT.head;
}

function endOf(line: number, value: unknown): { line: number; count: number } | undefined {
  if (typeof value !== 'object' || value === null || !('end' in value)) return undefined;
  const { end, count, ...others } = value as { end: unknown; count?: unknown };
  if (end === true && Number.isSafeInteger(count) && Object.keys(others).length === 0)
    return { line, count: count as number };
  throw invalid([atLine(line, fieldError('', 'end', `The last line must be ${FORMAT.end}.`))]);
}

function checkLine(line: number, value: unknown, types: TypesOfDocument): StagedEntry | { errors: FieldError[] } {
  const { resource, ...entry } = (typeof value === 'object' && value !== null ? value : {}) as { resource?: unknown };
  const kind = CATALOG_LINES.find(({ type }) => type === resource);
  if (kind === undefined) {
    const types = CATALOG_LINES.map(({ type }) => type).join(', ');
    return { errors: [fieldError('/resource', 'enum', `The resource must be one of ${types}.`)] };
  }
  const found = schemaErrors(kind.schema, entry);
  const errors = found.length > 0 ? found : types.check(kind.list, entry);
  return errors.length > 0 ? { errors: [...errors] } : { line, list: kind.list, entry };
}
