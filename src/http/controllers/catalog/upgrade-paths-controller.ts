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
import { checkUpgradePath } from '../../../engine/rulebook/checks';
import type { UpgradePath, UpgradePathInput } from '../../../engine/rulebook/upgrade-path';
import { type UpgradeGraph, upgradeGraph } from '../../../engine/transitions/upgrade-graph';
import type { Status } from '../../../engine/vocabulary/resource';
import { allTags } from '../../../store/catalog/tags';
import * as store from '../../../store/catalog/upgrade-paths';
import { addressOf } from '../../../store/database/requests';
import type { SearchText } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

const UPGRADE_PATHS: WritableResource<UpgradePath, UpgradePathInput> = {
  type: 'upgrade_path',
  schema: 'UpgradePathInput',
  transaction: inCatalogTransaction,
  check: checkUpgradePath,
  lock: store.lockUpgradePath,
  create: store.createUpgradePath,
  replace: store.replaceUpgradePath,
  remove: store.removeUpgradePath,
};

/** How a subscription changes over when another offer is bought. */
@Route('v1/upgrade-paths')
@Tags('Upgrade paths')
@Security('bearer', ['admin', 'secret'])
export class UpgradePathsController {
  private readonly upgradePaths: ResourceWrites<UpgradePath, UpgradePathInput>;

  constructor(private readonly context: Context) {
    this.upgradePaths = new ResourceWrites(context, UPGRADE_PATHS);
  }

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
    return page(limit, cursor, (slice) => store.listUpgradePaths(db, providerId, { status, q }, slice));
  }

  /**
   * Tags as nodes and paths as edges, drafts and archived paths left out; of the active paths also the cycles and the
   * dead ends.
   * @summary Draw the upgrade paths
   */
  @Get('graph')
  async getUpgradeGraph(): Promise<UpgradeGraph> {
    const { db, providerId } = this.context;
    return upgradeGraph(await allTags(db, providerId), await store.allUpgradePaths(db, providerId));
  }

  /**
   * One upgrade path with everything in it.
   * @summary Read an upgrade path
   */
  @Get('{id}')
  async getUpgradePath(@Path() id: PathId): Promise<UpgradePath> {
    return respond(this.context, await store.getUpgradePath(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * Its tags must exist, and none is a source and a target.
   * @summary Create an upgrade path
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createUpgradePath(@Body() body: UpgradePathInput): Promise<UpgradePath> {
    return this.upgradePaths.create(body);
  }

  /**
   * What is absent gets its default.
   * @summary Replace an upgrade path
   */
  @Put('{id}')
  async replaceUpgradePath(@Path() id: PathId, @Body() body: UpgradePathInput): Promise<UpgradePath> {
    return this.upgradePaths.replace(id, body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change an upgrade path
   */
  @Patch('{id}')
  async patchUpgradePath(@Path() id: PathId, @Body() body: MergePatch): Promise<UpgradePath> {
    return this.upgradePaths.patch(id, body);
  }

  /**
   * Its tags stay.
   * @summary Remove an upgrade path
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeUpgradePath(@Path() id: PathId): Promise<void> {
    return this.upgradePaths.remove(id);
  }
}
