import { Body, Delete, Get, Path, Post, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Knex } from 'knex';
import { NotFound } from '../../store/database/errors';
import {
  type ApiKey,
  type ApiKeyInput,
  type CreatedApiKey,
  createApiKey,
  getApiKey,
  listApiKeys,
  removeApiKey,
} from '../../store/providers/api-keys';
import { providerExists } from '../../store/providers/providers';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { recordedWrite } from '../writes/audit';
import { inTransaction } from '../writes/transaction';

/** The keys of one provider. */
@Route('v1/providers/{id}/api-keys')
@Tags('Providers')
@Security('bearer', ['admin'])
export class ApiKeysController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's keys without their tokens, oldest first.
   * @summary List API keys
   */
  @Get()
  async listApiKeys(@Path() id: PathId, @Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<ApiKey>> {
    await this.requireProvider(this.context.db, id);
    return page(limit, cursor, (slice) => listApiKeys(this.context.db, id, slice));
  }

  /**
   * One key without its token.
   * @summary Read an API key
   */
  @Get('{keyId}')
  async getApiKey(@Path() id: PathId, @Path() keyId: PathId): Promise<ApiKey> {
    return respond(this.context, await getApiKey(this.context.db, id, keyId));
  }

  /**
   * The answer is the only place where the token is shown; the service keeps its hash.
   * @summary Create an API key
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createApiKey(@Path() id: PathId, @Body() body: ApiKeyInput): Promise<CreatedApiKey> {
    const key = await inTransaction(this.context, async (trx) => {
      await this.requireProvider(trx, id);
      const { token, ...after } = await createApiKey(trx, id, body, this.context.now());
      await recordedWrite(this.context, trx, 'api_key', { after }, id);
      return { ...after, token };
    });
    return respondCreated(this.context, key);
  }

  /**
   * The key stops working at once in the process that answers, and within a second in all others.
   * @summary Revoke an API key
   */
  @Delete('{keyId}')
  @SuccessResponse(204, 'Revoked')
  async removeApiKey(@Path() id: PathId, @Path() keyId: PathId): Promise<void> {
    await inTransaction(this.context, async (trx) => {
      const stored = requireVersion(this.context, await getApiKey(trx, id, keyId));
      await removeApiKey(trx, id, stored.id);
      await recordedWrite(this.context, trx, 'api_key', { before: stored }, id);
    });
    this.context.services.apiKeyCache.forget(id);
  }

  private async requireProvider(db: Knex, id: string): Promise<void> {
    if (!(await providerExists(db, id))) throw new NotFound();
  }
}
