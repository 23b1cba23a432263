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
import { checkRelatedProduct } from '../../../engine/rulebook/checks';
import type { RelatedProduct, RelatedProductInput } from '../../../engine/rulebook/related-product';
import type { Status } from '../../../engine/vocabulary/resource';
import * as store from '../../../store/catalog/related-products';
import { addressOf } from '../../../store/database/requests';
import type { SearchText } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

const RELATED_PRODUCTS: WritableResource<RelatedProduct, RelatedProductInput> = {
  type: 'related_product',
  schema: 'RelatedProductInput',
  transaction: inCatalogTransaction,
  check: checkRelatedProduct,
  lock: store.lockRelatedProduct,
  create: store.createRelatedProduct,
  replace: store.replaceRelatedProduct,
  remove: store.removeRelatedProduct,
};

/** What to offer beside the cart. */
@Route('v1/related-products')
@Tags('Related products')
@Security('bearer', ['admin', 'secret'])
export class RelatedProductsController {
  private readonly relatedProducts: ResourceWrites<RelatedProduct, RelatedProductInput>;

  constructor(private readonly context: Context) {
    this.relatedProducts = new ResourceWrites(context, RELATED_PRODUCTS);
  }

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
    return page(limit, cursor, (slice) => store.listRelatedProducts(db, providerId, { status, q }, slice));
  }

  /**
   * One related product with everything in it.
   * @summary Read a related product
   */
  @Get('{id}')
  async getRelatedProduct(@Path() id: PathId): Promise<RelatedProduct> {
    return respond(
      this.context,
      await store.getRelatedProduct(this.context.db, this.context.providerId, addressOf(id)),
    );
  }

  /**
   * `descriptionHtml` keeps text structure, links and pictures; scripts, styles, forms, frames and event handlers are
   * removed when it is saved.
   * @summary Create a related product
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createRelatedProduct(@Body() body: RelatedProductInput): Promise<RelatedProduct> {
    return this.relatedProducts.create(body);
  }

  /**
   * Its conditions become those of the body: one with a known `id` keeps its identity.
   * @summary Replace a related product
   */
  @Put('{id}')
  async replaceRelatedProduct(@Path() id: PathId, @Body() body: RelatedProductInput): Promise<RelatedProduct> {
    return this.relatedProducts.replace(id, body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change a related product
   */
  @Patch('{id}')
  async patchRelatedProduct(@Path() id: PathId, @Body() body: MergePatch): Promise<RelatedProduct> {
    return this.relatedProducts.patch(id, body);
  }

  /**
   * With its conditions.
   * @summary Remove a related product
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeRelatedProduct(@Path() id: PathId): Promise<void> {
    return this.relatedProducts.remove(id);
  }
}
