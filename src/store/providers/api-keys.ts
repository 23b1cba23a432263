import { hash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import type { PageRequest } from '../database/requests';
import { newRow, type StoredRow, serverFields, toDate, toInstant, withoutNulls } from '../database/rows';
import type { ApiKey, ApiKeyInput, ApiKeyKind, ApiKeyScope, CreatedApiKey } from './api-key';

interface Row extends StoredRow {
  name: string;
  kind: ApiKeyKind;
  token_hash: Buffer;
  sealed_token: string | null;
  expires_at: Date | null;
  allowed_origins: string[] | null;
  scopes: ApiKeyScope[] | null;
  rate_limit: number | null;
  last_used_at: Date | null;
}

const TOKEN_PREFIX = { secret: 'ob_sec_', publishable: 'ob_pub_' } as const;

/** Reads a provider's keys in the order of their creation. */
export async function listApiKeys(db: Knex, providerId: string, { limit, after }: PageRequest): Promise<ApiKey[]> {
  const rows = await db<Row>('api_keys')
    .where({ provider_id: providerId })
    .modify((query) => after !== undefined && query.where('id', '>', after))
    .orderBy('id')
    .limit(limit);
  return rows.map(toApiKey);
}

/** Reads one key. */
export async function getApiKey(db: Knex, providerId: string, id: string): Promise<ApiKey | undefined> {
  const row = await db<Row>('api_keys').where({ provider_id: providerId, id }).first();
  return row && toApiKey(row);
}

/** Reads one key and keeps others from writing it until the transaction ends. */
export async function lockApiKey(trx: Knex.Transaction, providerId: string, id: string): Promise<ApiKey | undefined> {
  const row = await trx<Row>('api_keys').where({ provider_id: providerId, id }).forUpdate().first();
  return row && toApiKey(row);
}

/** Makes a key with a random token. */
export async function createApiKey(
  trx: Knex.Transaction,
  providerId: string,
  input: ApiKeyInput,
  at: Date,
): Promise<CreatedApiKey> {
  const token = newToken(input.kind);
  const [row] = await trx<Row>('api_keys').insert(
    { ...newRow(providerId, at), ...toColumns(input), kind: input.kind, token_hash: hashToken(token) },
    '*',
  );
  return { ...toApiKey(row as Row), token };
}

/** Saves a key anew; its kind and its token stay. */
export async function replaceApiKey(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
  input: ApiKeyInput,
  at: Date,
): Promise<ApiKey> {
  const [row] = await trx<Row>('api_keys')
    .where({ provider_id: providerId, id })
    .update({ ...toColumns(input), updated_at: at, version: trx.raw('version + 1') }, '*');
  return toApiKey(row as Row);
}

/** Gives a key a new token; the old one works until `retiredAt`. */
export async function rotateApiKey(
  trx: Knex.Transaction,
  providerId: string,
  { id, kind }: ApiKey,
  { at, retiredAt }: { at: Date; retiredAt: Date },
): Promise<CreatedApiKey> {
  const ofKey = { provider_id: providerId, key_id: id };
  await trx('retired_tokens').where(ofKey).where('valid_until', '<=', at).delete();
  await trx.raw(
    `insert into retired_tokens (provider_id, token_hash, key_id, valid_until)
     select provider_id, token_hash, id, ? from api_keys where provider_id = ? and id = ?`,
    [retiredAt, providerId, id],
  );
  const token = newToken(kind);
  const [row] = await trx<Row>('api_keys')
    .where({ provider_id: providerId, id })
    .update({ token_hash: hashToken(token), sealed_token: null, updated_at: at, version: trx.raw('version + 1') }, '*');
  return { ...toApiKey(row as Row), token };
}

/** Revokes a key. */
export async function removeApiKey(trx: Knex.Transaction, providerId: string, id: string): Promise<void> {
  await trx<Row>('api_keys').where({ provider_id: providerId, id }).delete();
}

/** Keeps a key's token, sealed, so that it can be shown again; only for keys that are no secret, such as a demo's. */
export async function keepSealedToken(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
  sealedToken: string,
): Promise<void> {
  await trx<Row>('api_keys').where({ provider_id: providerId, id }).update({ sealed_token: sealedToken });
}

/** Reads the kept tokens of a provider's keys, as they were sealed. */
export async function listSealedTokens(
  db: Knex,
  providerId: string,
): Promise<{ kind: ApiKeyKind; sealedToken: string }[]> {
  const rows = await db<Row>('api_keys').where({ provider_id: providerId }).whereNotNull('sealed_token').orderBy('id');
  return rows.map(({ kind, sealed_token }) => ({ kind, sealedToken: sealed_token as string }));
}

/** When a key was used. */
export interface KeyUse {
  readonly providerId: string;
  readonly keyId: string;
  readonly at: Instant;
}

/** Notes when keys were last used, in one statement; it does not count as a change of them. */
export async function recordKeyUses(db: Knex, uses: readonly KeyUse[]): Promise<void> {
  // In one order, so that processes hardly ever wait for each other in a circle; what that ends, the next use says anew.
  const sorted = uses.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
  await db.raw(
    `update api_keys k set last_used_at = u.at
     from unnest(?::text[], ?::text[], ?::timestamptz[]) u (provider_id, key_id, at)
     where k.provider_id = u.provider_id and k.id = u.key_id and (k.last_used_at is null or k.last_used_at < u.at)`,
    [sorted.map((use) => use.providerId), sorted.map((use) => use.keyId), sorted.map((use) => use.at)],
  );
}

/** Tokens are random and long, so one round of SHA-256 is as good as a slow hash. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function newToken(kind: ApiKeyKind): string {
  return TOKEN_PREFIX[kind] + randomBytes(32).toString('base64url');
}

function toColumns({ name, expiresAt, allowedOrigins, scopes, rateLimit }: ApiKeyInput) {
  return {
    name,
    expires_at: toDate(expiresAt),
    allowed_origins: allowedOrigins ?? null,
    scopes: scopes ?? null,
    rate_limit: rateLimit ?? null,
  };
}

function toApiKey(row: Row): ApiKey {
  return withoutNulls({
    ...serverFields(row),
    name: row.name,
    kind: row.kind,
    expiresAt: toInstant(row.expires_at),
    allowedOrigins: row.allowed_origins,
    scopes: row.scopes,
    rateLimit: row.rate_limit,
    lastUsedAt: toInstant(row.last_used_at),
  });
}
