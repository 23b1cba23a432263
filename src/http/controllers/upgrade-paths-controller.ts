import {
  Body,
  Delete,
  Get,
  Patch,
  Path,
  Post,
  Put,
  Query,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import { checkUpgradePath } from '../../engine/rulebook/checks';
import type { UpgradePath, UpgradePathInput } from '../../engine/rulebook/upgrade-path';
import { type UpgradeGraph, upgradeGraph } from '../../engine/transitions/upgrade-graph';
import type { Status } from '../../engine/vocabulary/resource';
import { allTags } from '../../store/catalog/tags';
import {
  allUpgradePaths,
  createUpgradePath,
  getUpgradePath,
  listUpgradePaths,
  lockUpgradePath,
  removeUpgradePath,
  replaceUpgradePath,
} from '../../store/catalog/upgrade-paths';
import { addressOf } from '../../store/database/requests';
import type { SearchText } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { assertValid } from '../answers/problem';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from '../writes/audit';
import { inCatalogTransaction } from '../writes/transaction';

/** How a subscription changes over when another offer is bought. */
@Route('v1/upgrade-paths')
@Tags('Upgrade paths')
@Security('bearer', ['admin', 'secret'])
export class UpgradePathsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's upgrade paths, oldest first: of a status, or with a part of their name.
   * @summary List upgrade paths
   */
  @Get()
  async listUpgradePaths(
    @Query() status?: Status,
    @Query() q?: SearchText,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<UpgradePath>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, (slice) => listUpgradePaths(db, providerId, { status, q }, slice));
  }

  /**
   * Tags as nodes and paths as edges, drafts and archived paths left out; of the active paths also the cycles and the
   * dead ends.
   * @summary Draw the upgrade paths
   */
  @Get('graph')
  async getUpgradeGraph(): Promise<UpgradeGraph> {
    const { db, providerId } = this.context;
    return upgradeGraph(await allTags(db, providerId), await allUpgradePaths(db, providerId));
  }

  /**
   * One upgrade path with everything in it.
   * @summary Read an upgrade path
   */
  @Get('{id}')
  async getUpgradePath(@Path() id: PathId): Promise<UpgradePath> {
    return respond(this.context, await getUpgradePath(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * Its tags must exist, and none is a source and a target.
   * @summary Create an upgrade path
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createUpgradePath(@Body() body: UpgradePathInput): Promise<UpgradePath> {
    const { context } = this;
    const input = assertValid(body, checkUpgradePath);
    return respondCreated(
      context,
      await inCatalogTransaction(context, async (trx) =>
        recordedWrite(context, trx, 'upgrade_path', {
          after: await createUpgradePath(trx, context.providerId, input, context.now()),
        }),
      ),
    );
  }

  /**
   * What is absent gets its default.
   * @summary Replace an upgrade path
   */
  @Put('{id}')
  async replaceUpgradePath(@Path() id: PathId, @Body() body: UpgradePathInput): Promise<UpgradePath> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change an upgrade path
   */
  @Patch('{id}')
  async patchUpgradePath(@Path() id: PathId, @Body() body: MergePatch): Promise<UpgradePath> {
    return this.change(id, (stored) => patched<UpgradePathInput>('UpgradePathInput', stored, body));
  }

  /**
   * Its tags stay.
   * @summary Remove an upgrade path
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeUpgradePath(@Path() id: PathId): Promise<void> {
    const { context } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockUpgradePath(trx, context.providerId, addressOf(id)));
      await removeUpgradePath(trx, context.providerId, stored);
      await recordedWrite(context, trx, 'upgrade_path', { before: stored });
    });
  }

  private async change(id: PathId, edit: (stored: UpgradePath) => UpgradePathInput): Promise<UpgradePath> {
    const { context } = this;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockUpgradePath(trx, context.providerId, addressOf(id)));
      const input = assertValid(edit(stored), checkUpgradePath);
      return recordedWrite(context, trx, 'upgrade_path', {
        before: stored,
        after: await replaceUpgradePath(trx, context.providerId, stored, input, context.now()),
      });
    });
    return respond(context, saved);
  }
}
