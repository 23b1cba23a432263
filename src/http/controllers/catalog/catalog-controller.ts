import { Body, Get, Put, Query, Route, Security, Tags } from '@tsoa/runtime';
import type { Knex } from 'knex';
import { mostRuleBytes } from '../../../services/caller';
import { VERSION_HEADER } from '../../../services/headers';
import { recordChanges } from '../../../store/audit-log';
import { NotFound } from '../../../store/database/errors';
import { recordEvents } from '../../../store/events/record-events';
import { inSlices } from '../../../store/slices';
import { checkArchived } from '../../../store/whole-catalog/archived-uses';
import { type CatalogChanges, differencesInSteps, withoutNewIds } from '../../../store/whole-catalog/changes';
import { checkInSteps } from '../../../store/whole-catalog/checks';
import { type CatalogDocument, documentInSteps } from '../../../store/whole-catalog/document';
import { lockCatalog, writeCatalogRows, writtenInSteps } from '../../../store/whole-catalog/import';
import { catalogVersion } from '../../../store/whole-catalog/load-catalog';
import { planInSteps } from '../../../store/whole-catalog/plan';
import { publishRules } from '../../../store/whole-catalog/publish';
import { type CatalogRows, readCatalogRows, resourcesInSteps } from '../../../store/whole-catalog/rows';
import { boundedTextInSteps, JSON_TYPE } from '../../answers/answer';
import type { YesOrNo } from '../../answers/page';
import { assertValid } from '../../answers/problem';
import { requireVersion, respond } from '../../answers/versions';
import { expectProgress } from '../../connections/slow-readers';
import type { Context } from '../../context';
import { streamedTypeOf } from '../../contract/streamed-body';
import { exportCatalogLines } from '../../streams/export-catalog';
import { importCatalogLines } from '../../streams/import-catalog';
import { authorOf } from '../../writes/audit';
import { inTransaction } from '../../writes/transaction';

/** A catalog as it was at one moment. */
interface Snapshot {
  version: number;
  rows: CatalogRows;
}

const NDJSON = 'application/x-ndjson';

/** Stands for what was sent already. */
const EMPTY: CatalogDocument = {
  tags: [],
  plans: [],
  promotions: [],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
};

/** All rules of a provider as one document. */
@Route('v1/catalog')
@Tags('Whole catalog')
@Security('bearer', ['admin', 'secret'])
export class CatalogController {
  constructor(private readonly context: Context) {}

  /**
   * Everything but promo codes and what is archived, by key; what has no key has its id as key. The `ETag` is the
   * catalog's version. As NDJSON it is streamed, one resource a line, whatever its size; without the last line it is not
   * complete.
   * @summary Export the catalog
   */
  @Get()
  async getCatalog(): Promise<CatalogDocument> {
    const { context } = this;
    if (context.request.accepts(['application/json', NDJSON]) === NDJSON) {
      await this.inSnapshot(async (trx) => {
        respond(context, { version: await knownVersion(trx, context.providerId) });
        // Whoever takes nothing would hold the snapshot.
        expectProgress(context.response);
        await exportCatalogLines(context, trx);
      });
      return EMPTY;
    }
    const { rows, version } = await this.snapshot();
    respond(context, { version });
    const document = await inSlices(documentInSteps(await inSlices(resourcesInSteps(rows))));
    const { text } = await inSlices(boundedTextInSteps(document));
    context.response.type(JSON_TYPE).send(text);
    return EMPTY;
  }

  /**
   * All or nothing. What the document leaves out is archived, or, where it has no status (tags, plans and types), removed;
   * types are left alone where the document has none. With `dryRun=true` the answer is the same and nothing is written. A
   * document that says what is stored changes nothing. As NDJSON it may have up to 1,000,000 lines of 1 MiB; errors then have
   * the number of their line.
   * @summary Make the catalog equal to a document
   */
  @Put()
  async replaceCatalog(@Body() body: CatalogDocument, @Query() dryRun?: YesOrNo): Promise<CatalogChanges> {
    const { context } = this;
    if (streamedTypeOf(context.request) !== undefined) return this.importLines(dryRun ?? false);
    if (dryRun) {
      const { rows, version } = await this.snapshot();
      respond(context, requireVersion(context, { version }));
      const planned = await this.plan(rows, body);
      return withoutNewIds((await inSlices(differencesInSteps(rows, planned))).changes);
    }
    const [changes, version] = await inTransaction(context, (trx) => this.replace(trx, body));
    context.response.set(VERSION_HEADER, String(version));
    context.services.rulebooks.invalidate(context.providerId);
    respond(context, { version });
    return changes;
  }

  private async importLines(dryRun: boolean): Promise<CatalogChanges> {
    const { context } = this;
    const { changes, version } = await importCatalogLines(context, dryRun);
    if (!dryRun) {
      context.response.set(VERSION_HEADER, String(version));
      context.services.rulebooks.invalidate(context.providerId);
    }
    respond(context, { version });
    return changes;
  }

  private async replace(trx: Knex.Transaction, body: CatalogDocument): Promise<readonly [CatalogChanges, number]> {
    const { context } = this;
    const { providerId } = context;
    await lockCatalog(trx, providerId);
    const { rows, version } = await readSnapshot(trx, providerId);
    requireVersion(context, { version });
    const wanted = await this.plan(rows, body);
    const { changes, audited } = await inSlices(differencesInSteps(rows, wanted));
    if (audited.length === 0) return [changes, version];
    await writeCatalogRows(trx, providerId, rows, wanted);
    await recordChanges(trx, providerId, authorOf(context), audited);
    const { version: catalogVersion } = await publishRules(
      trx,
      providerId,
      { ids: await inSlices(writtenInSteps(rows, wanted)) },
      mostRuleBytes(context.services),
    );
    const { created, changed, archived } = changes;
    const data = { created: created.length, changed: changed.length, archived: archived.length, catalogVersion };
    await recordEvents(trx, providerId, [{ type: 'catalog.imported', data }]);
    return [changes, catalogVersion];
  }

  private async plan(rows: CatalogRows, body: CatalogDocument): Promise<CatalogRows> {
    const { context } = this;
    const errors = await inSlices(checkInSteps(body, rows));
    const document = assertValid(body, () => errors);
    const writing = { providerId: context.providerId, at: context.now() };
    const planned = await inSlices(planInSteps(writing, rows, document));
    return assertValid(planned, (after) => checkArchived(document, after));
  }

  private snapshot(): Promise<Snapshot> {
    return this.inSnapshot((trx) => readSnapshot(trx, this.context.providerId));
  }

  private inSnapshot<T>(read: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.context.db.transaction(read, { isolationLevel: 'repeatable read', readOnly: true });
  }
}

async function readSnapshot(trx: Knex.Transaction, providerId: string): Promise<Snapshot> {
  const version = await knownVersion(trx, providerId);
  return { version, rows: await readCatalogRows(trx, providerId) };
}

async function knownVersion(trx: Knex.Transaction, providerId: string): Promise<number> {
  const version = await catalogVersion(trx, providerId);
  if (version === undefined) throw new NotFound('The provider does not exist.');
  return version;
}
