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
import type { Tag, TagInput } from '../../../engine/vocabulary/tag';
import * as store from '../../../store/catalog/tags';
import { addressOf } from '../../../store/database/requests';
import type { SearchText } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

const TAGS: WritableResource<Tag, TagInput> = {
  type: 'tag',
  schema: 'TagInput',
  transaction: inCatalogTransaction,
  lock: store.lockTag,
  create: store.createTag,
  replace: store.replaceTag,
  remove: store.removeTag,
};

/** Words that plans, lines and subscriptions carry and that upgrade paths connect. */
@Route('v1/tags')
@Tags('Plans and tags')
@Security('bearer', ['admin', 'secret'])
export class TagsController {
  private readonly tags: ResourceWrites<Tag, TagInput>;

  constructor(private readonly context: Context) {
    this.tags = new ResourceWrites(context, TAGS);
  }

  /**
   * The provider's tags, oldest first; `q` is part of the name.
   * @summary List tags
   */
  @Get()
  async listTags(@Query() q?: SearchText, @Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<Tag>> {
    return page(limit, cursor, (slice) => store.listTags(this.context.db, this.context.providerId, { q }, slice));
  }

  /**
   * One tag.
   * @summary Read a tag
   */
  @Get('{id}')
  async getTag(@Path() id: PathId): Promise<Tag> {
    return respond(this.context, await store.getTag(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * The name is unique (409 `name_taken`).
   * @summary Create a tag
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createTag(@Body() body: TagInput): Promise<Tag> {
    return this.tags.create(body);
  }

  /**
   * A tag that plans or upgrade paths use keeps its name (409 `tag_in_use`).
   * @summary Replace a tag
   */
  @Put('{id}')
  async replaceTag(@Path() id: PathId, @Body() body: TagInput): Promise<Tag> {
    return this.tags.replace(id, body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a tag
   */
  @Patch('{id}')
  async patchTag(@Path() id: PathId, @Body() body: MergePatch): Promise<Tag> {
    return this.tags.patch(id, body);
  }

  /**
   * A tag that plans or upgrade paths use stays; the 409 `tag_in_use` names them.
   * @summary Remove a tag
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeTag(@Path() id: PathId): Promise<void> {
    return this.tags.remove(id);
  }
}
