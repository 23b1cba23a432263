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
import type { Tag, TagInput } from '../../engine/vocabulary/tag';
import { createTag, getTag, listTags, lockTag, removeTag, replaceTag } from '../../store/catalog/tags';
import { addressOf } from '../../store/database/requests';
import type { SearchText } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from '../writes/audit';
import { inCatalogTransaction } from '../writes/transaction';

/** Words that plans, lines and subscriptions carry and that upgrade paths connect. */
@Route('v1/tags')
@Tags('Plans and tags')
@Security('bearer', ['admin', 'secret'])
export class TagsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's tags, oldest first; `q` is part of the name.
   * @summary List tags
   */
  @Get()
  async listTags(@Query() q?: SearchText, @Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<Tag>> {
    return page(limit, cursor, (slice) => listTags(this.context.db, this.context.providerId, { q }, slice));
  }

  /**
   * One tag.
   * @summary Read a tag
   */
  @Get('{id}')
  async getTag(@Path() id: PathId): Promise<Tag> {
    return respond(this.context, await getTag(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * The name is unique (409 `name_taken`).
   * @summary Create a tag
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createTag(@Body() body: TagInput): Promise<Tag> {
    const { context } = this;
    return respondCreated(
      context,
      await inCatalogTransaction(context, async (trx) =>
        recordedWrite(context, trx, 'tag', { after: await createTag(trx, context.providerId, body, context.now()) }),
      ),
    );
  }

  /**
   * A tag that plans or upgrade paths use keeps its name (409 `tag_in_use`).
   * @summary Replace a tag
   */
  @Put('{id}')
  async replaceTag(@Path() id: PathId, @Body() body: TagInput): Promise<Tag> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a tag
   */
  @Patch('{id}')
  async patchTag(@Path() id: PathId, @Body() body: MergePatch): Promise<Tag> {
    return this.change(id, (stored) => patched<TagInput>('TagInput', stored, body));
  }

  /**
   * A tag that plans or upgrade paths use stays; the 409 `tag_in_use` names them.
   * @summary Remove a tag
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeTag(@Path() id: PathId): Promise<void> {
    const { context } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockTag(trx, context.providerId, addressOf(id)));
      await removeTag(trx, context.providerId, stored);
      await recordedWrite(context, trx, 'tag', { before: stored });
    });
  }

  private async change(id: PathId, edit: (stored: Tag) => TagInput): Promise<Tag> {
    const { context } = this;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockTag(trx, context.providerId, addressOf(id)));
      return recordedWrite(context, trx, 'tag', {
        before: stored,
        after: await replaceTag(trx, context.providerId, stored, edit(stored), context.now()),
      });
    });
    return respond(context, saved);
  }
}
