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
import { checkRelatedProduct } from '../../engine/rulebook/checks';
import type { RelatedProduct, RelatedProductInput } from '../../engine/rulebook/related-product';
import type { Status } from '../../engine/vocabulary/resource';
import {
  createRelatedProduct,
  getRelatedProduct,
  listRelatedProducts,
  lockRelatedProduct,
  removeRelatedProduct,
  replaceRelatedProduct,
} from '../../store/catalog/related-products';
import { addressOf } from '../../store/database/requests';
import type { SearchText } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { assertValid } from '../answers/problem';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from '../writes/audit';
import { inCatalogTransaction } from '../writes/transaction';

/** What to offer beside the cart. */
@Route('v1/related-products')
@Tags('Related products')
@Security('bearer', ['admin', 'secret'])
export class RelatedProductsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's related products, oldest first: of a status, or with a part of their name.
   * @summary List related products
   */
  @Get()
  async listRelatedProducts(
    @Query() status?: Status,
    @Query() q?: SearchText,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<RelatedProduct>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, (slice) => listRelatedProducts(db, providerId, { status, q }, slice));
  }

  /**
   * One related product with everything in it.
   * @summary Read a related product
   */
  @Get('{id}')
  async getRelatedProduct(@Path() id: PathId): Promise<RelatedProduct> {
    return respond(this.context, await getRelatedProduct(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * `descriptionHtml` keeps text structure, links and pictures; scripts, styles, forms, frames and event handlers are
   * removed when it is saved.
   * @summary Create a related product
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createRelatedProduct(@Body() body: RelatedProductInput): Promise<RelatedProduct> {
    const { context } = this;
    const input = assertValid(body, checkRelatedProduct);
    return respondCreated(
      context,
      await inCatalogTransaction(context, async (trx) =>
        recordedWrite(context, trx, 'related_product', {
          after: await createRelatedProduct(trx, context.providerId, input, context.now()),
        }),
      ),
    );
  }

  /**
   * Its conditions become those of the body: one with a known `id` keeps its identity.
   * @summary Replace a related product
   */
  @Put('{id}')
  async replaceRelatedProduct(@Path() id: PathId, @Body() body: RelatedProductInput): Promise<RelatedProduct> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change a related product
   */
  @Patch('{id}')
  async patchRelatedProduct(@Path() id: PathId, @Body() body: MergePatch): Promise<RelatedProduct> {
    return this.change(id, (stored) => patched<RelatedProductInput>('RelatedProductInput', stored, body));
  }

  /**
   * With its conditions.
   * @summary Remove a related product
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeRelatedProduct(@Path() id: PathId): Promise<void> {
    const { context } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockRelatedProduct(trx, context.providerId, addressOf(id)));
      await removeRelatedProduct(trx, context.providerId, stored);
      await recordedWrite(context, trx, 'related_product', { before: stored });
    });
  }

  private async change(id: PathId, edit: (stored: RelatedProduct) => RelatedProductInput): Promise<RelatedProduct> {
    const { context } = this;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockRelatedProduct(trx, context.providerId, addressOf(id)));
      const input = assertValid(edit(stored), checkRelatedProduct);
      return recordedWrite(context, trx, 'related_product', {
        before: stored,
        after: await replaceRelatedProduct(trx, context.providerId, stored, input, context.now()),
      });
    });
    return respond(context, saved);
  }
}
