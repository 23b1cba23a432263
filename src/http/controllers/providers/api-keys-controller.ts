import { Body, Delete, Get, Patch, Path, Post, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Knex } from 'knex';
import { NotFound } from '../../../store/database/errors';
import {
  type ApiKey,
  type ApiKeyInput,
  type ApiKeyRotation,
  type CreatedApiKey,
  checkApiKey,
} from '../../../store/providers/api-key';
import {
  createApiKey,
  getApiKey,
  listApiKeys,
  lockApiKey,
  removeApiKey,
  replaceApiKey,
  rotateApiKey,
} from '../../../store/providers/api-keys';
import { providerExists } from '../../../store/providers/providers';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { assertValid } from '../../answers/problem';
import { type PathId, requireVersion, respond, respondCreated } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { recordedWrite } from '../../writes/audit';
import { byId, type ChangeableResource, ResourceChanges } from '../../writes/resource-writes';
import { inTransaction } from '../../writes/transaction';

/** The tokens, which are shown once, are made and rotated by the controller. */
const API_KEYS: ChangeableResource<ApiKey, ApiKeyInput> = {
  type: 'api_key',
  schema: 'ApiKeyInput',
  transaction: inTransaction,
  checkChange: ({ kind }, input) =>
    input.kind === kind
      ? []
      : [{ pointer: '/kind', code: 'kind_fixed', detail: 'cannot change: every token names it' }],
  check: checkApiKey,
  lock: byId(lockApiKey),
  replace: (trx, providerId, { id }, input, at) => replaceApiKey(trx, providerId, id, input, at),
  remove: (trx, providerId, { id }) => removeApiKey(trx, providerId, id),
};

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
    const { keyUses } = this.context.services;
    return page(limit, cursor, async (slice) =>
      (await listApiKeys(this.context.db, id, slice)).map((key) => keyUses.withLastUse(key)),
    );
  }

  /**
   * One key without its token.
   * @summary Read an API key
   */
  @Get('{keyId}')
  async getApiKey(@Path() id: PathId, @Path() keyId: PathId): Promise<ApiKey> {
    const key = await getApiKey(this.context.db, id, keyId);
    return respond(this.context, key && this.context.services.keyUses.withLastUse(key));
  }

  /**
   * The answer is the only place where the token is shown; the service keeps its hash.
   * @summary Create an API key
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createApiKey(@Path() id: PathId, @Body() body: ApiKeyInput): Promise<CreatedApiKey> {
    const input = assertValid(body, checkApiKey);
    const key = await inTransaction(this.context, async (trx) => {
      await this.requireProvider(trx, id);
      const { token, ...after } = await createApiKey(trx, id, input, this.context.now());
      await recordedWrite(this.context, trx, 'api_key', { after }, id);
      return { ...after, token };
    });
    return respondCreated(this.context, key);
  }

  /**
   * A JSON Merge Patch; the kind and the token stay. It holds at once in the process that answers, and within a second in
   * all others.
   * @summary Change an API key
   */
  @Patch('{keyId}')
  async patchApiKey(@Path() id: PathId, @Path() keyId: PathId, @Body() body: MergePatch): Promise<ApiKey> {
    const saved = await this.writes(id).patch(keyId, body);
    this.context.services.apiKeyCache.forget(id);
    return saved;
  }

  /**
   * The key gets a new token, which is shown only here; the old one works on for the overlap, so that whoever uses it can be
   * told the new one.
   * @summary Rotate an API key
   */
  @Post('{keyId}/rotate')
  async rotateApiKey(@Path() id: PathId, @Path() keyId: PathId, @Body() body: ApiKeyRotation): Promise<CreatedApiKey> {
    const key = await inTransaction(this.context, async (trx) => {
      const before = requireVersion(this.context, await lockApiKey(trx, id, keyId));
      const at = this.context.now();
      const retiredAt = new Date(at.getTime() + body.overlapSeconds * 1_000);
      const { token, ...after } = await rotateApiKey(trx, id, before, { at, retiredAt });
      await recordedWrite(this.context, trx, 'api_key', { before, after }, id);
      return { ...after, token };
    });
    this.context.services.apiKeyCache.forget(id);
    return respond(this.context, key);
  }

  /**
   * The key stops working at once in the process that answers, and within a second in all others.
   * @summary Revoke an API key
   */
  @Delete('{keyId}')
  @SuccessResponse(204, 'Revoked')
  async removeApiKey(@Path() id: PathId, @Path() keyId: PathId): Promise<void> {
    await this.writes(id).remove(keyId);
    this.context.services.apiKeyCache.forget(id);
  }

  private writes(providerId: string): ResourceChanges<ApiKey, ApiKeyInput> {
    return new ResourceChanges(this.context, API_KEYS, providerId);
  }

  private async requireProvider(db: Knex, id: string): Promise<void> {
    if (!(await providerExists(db, id))) throw new NotFound();
  }
}
