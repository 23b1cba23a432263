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
import type { Provider, ProviderInput } from '../../../engine/vocabulary/provider';
import {
  createProvider,
  getProvider,
  listProviders,
  lockProvider,
  removeProvider,
  replaceProvider,
} from '../../../store/providers/providers';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inTransaction } from '../../writes/transaction';

/** Providers are written as what belongs to themselves. */
const PROVIDERS: WritableResource<Provider, ProviderInput> = {
  type: 'provider',
  schema: 'ProviderInput',
  transaction: inTransaction,
  checkChange: ({ id }, input) =>
    input.id === id ? [] : [{ pointer: '/id', code: 'id_fixed', detail: 'cannot change: rules and keys refer to it' }],
  lock: lockProvider,
  create: (trx, _id, input, at) => createProvider(trx, input, at),
  replace: (trx, _id, _stored, input, at) => replaceProvider(trx, input, at),
  remove: removeProvider,
};

/** Companies whose promotions are kept apart. */
@Route('v1/providers')
@Tags('Providers')
@Security('bearer', ['admin'])
export class ProvidersController {
  constructor(private readonly context: Context) {}

  /**
   * All providers, in the order of their ids.
   * @summary List providers
   */
  @Get()
  async listProviders(@Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<Provider>> {
    return page(limit, cursor, (slice) => listProviders(this.context.db, slice));
  }

  /**
   * One provider with its settings.
   * @summary Read a provider
   */
  @Get('{id}')
  async getProvider(@Path() id: PathId): Promise<Provider> {
    return respond(this.context, await getProvider(this.context.db, id));
  }

  /**
   * A new provider has no rules and no keys.
   * @summary Create a provider
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createProvider(@Body() body: ProviderInput): Promise<Provider> {
    return this.writes(body.id).create(body);
  }

  /**
   * What is absent gets its default; the id cannot change.
   * @summary Replace a provider
   */
  @Put('{id}')
  async replaceProvider(@Path() id: PathId, @Body() body: ProviderInput): Promise<Provider> {
    const saved = await this.writes(id).replace(id, body);
    this.context.services.rulebooks.invalidate(id);
    return saved;
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a provider
   */
  @Patch('{id}')
  async patchProvider(@Path() id: PathId, @Body() body: MergePatch): Promise<Provider> {
    const saved = await this.writes(id).patch(id, body);
    this.context.services.rulebooks.invalidate(id);
    return saved;
  }

  /**
   * Removes the provider, its keys and all its rules.
   * @summary Remove a provider
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeProvider(@Path() id: PathId): Promise<void> {
    await this.writes(id).remove(id);
    const { apiKeyCache, rulebooks } = this.context.services;
    apiKeyCache.forget(id);
    rulebooks.forget(id);
  }

  private writes(id: string): ResourceWrites<Provider, ProviderInput> {
    return new ResourceWrites(this.context, PROVIDERS, id);
  }
}
