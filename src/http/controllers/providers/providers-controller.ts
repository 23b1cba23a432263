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
import type { Knex } from 'knex';
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
import { invalid } from '../../answers/problem';
import { type PathId, requireVersion, respond, respondCreated } from '../../answers/versions';
import type { Context } from '../../context';
import { type MergePatch, patched } from '../../contract/merge-patch';
import { recordedWrite } from '../../writes/audit';
import { inTransaction } from '../../writes/transaction';

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
    const { context } = this;
    const saved = await inTransaction(context, async (trx) =>
      recordedWrite(context, trx, 'provider', { after: await createProvider(trx, body, context.now()) }, body.id),
    );
    return respondCreated(context, saved);
  }

  /**
   * What is absent gets its default; the id cannot change.
   * @summary Replace a provider
   */
  @Put('{id}')
  async replaceProvider(@Path() id: PathId, @Body() body: ProviderInput): Promise<Provider> {
    const saved = await inTransaction(this.context, async (trx) => {
      const stored = requireVersion(this.context, await lockProvider(trx, id));
      return this.replace(trx, stored, body);
    });
    this.context.services.rulebooks.invalidate(saved.id);
    return respond(this.context, saved);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a provider
   */
  @Patch('{id}')
  async patchProvider(@Path() id: PathId, @Body() body: MergePatch): Promise<Provider> {
    const saved = await inTransaction(this.context, async (trx) => {
      const stored = requireVersion(this.context, await lockProvider(trx, id));
      const input = patched<ProviderInput>('ProviderInput', stored, body);
      return this.replace(trx, stored, input);
    });
    this.context.services.rulebooks.invalidate(saved.id);
    return respond(this.context, saved);
  }

  /**
   * Removes the provider, its keys and all its rules.
   * @summary Remove a provider
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeProvider(@Path() id: PathId): Promise<void> {
    await inTransaction(this.context, async (trx) => {
      const stored = requireVersion(this.context, await lockProvider(trx, id));
      await removeProvider(trx, stored.id);
      await recordedWrite(this.context, trx, 'provider', { before: stored }, stored.id);
    });
    const { apiKeyCache, rulebooks } = this.context.services;
    apiKeyCache.forget(id);
    rulebooks.forget(id);
  }

  private async replace(trx: Knex.Transaction, stored: Provider, input: ProviderInput): Promise<Provider> {
    const after = await replaceProvider(trx, withSameId(stored, input), this.context.now());
    return recordedWrite(this.context, trx, 'provider', { before: stored, after }, stored.id);
  }
}

function withSameId(stored: Provider, input: ProviderInput): ProviderInput {
  if (input.id === stored.id) return input;
  throw invalid([{ pointer: '/id', code: 'id_fixed', detail: 'cannot change: rules and keys refer to it' }]);
}
