import { hash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { formatInstant } from '../../engine/time/instant';
import type { Name, ServerMade, Stored } from '../../engine/vocabulary/resource';
import { newId } from '../database/id';
import type { PageRequest } from '../database/requests';

/** Secret: everything of one provider, for servers. Publishable: quotes only, safe in a web page. */
export type ApiKeyKind = 'secret' | 'publishable';

/** An API key to create. */
export interface ApiKeyInput extends ServerMade {
  /** A name for the back office. */
  name: Name;
  /** What the key may do. */
  kind: ApiKeyKind;
}

/** A stored API key; its token is not kept. */
export interface ApiKey extends Stored {
  /** A name for the back office. */
  name: Name;
  /** What the key may do. */
  kind: ApiKeyKind;
}

/** A new API key with its token. */
export interface CreatedApiKey extends ApiKey {
  /**
   * What the client sends as `Authorization: Bearer …`; shown only here.
   * @maxLength 200
   */
  token: string;
}

/** Whose key a token is. */
export interface KeyOwner {
  keyId: string;
  providerId: string;
  kind: ApiKeyKind;
  /** Counts the provider's revoked and changed keys. */
  keysVersion: number;
}

interface Row {
  provider_id: string;
  id: string;
  name: string;
  kind: ApiKeyKind;
  token_hash: Buffer;
  sealed_token: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
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

/** Makes a key with a random token. */
export async function createApiKey(
  trx: Knex.Transaction,
  providerId: string,
  { name, kind }: ApiKeyInput,
  at: Date,
): Promise<CreatedApiKey> {
  const token = newToken(kind);
  const [row] = await trx<Row>('api_keys').insert(
    {
      provider_id: providerId,
      id: newId(),
      name,
      kind,
      token_hash: hashToken(token),
      created_at: at,
      updated_at: at,
    },
    '*',
  );
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

/** Finds whose key a token is, by its hash. */
export async function findKeyOwner(db: Knex, tokenHash: Buffer): Promise<KeyOwner | undefined> {
  const row = await db('api_keys as k')
    .join('providers as p', 'p.id', 'k.provider_id')
    .where('k.token_hash', tokenHash)
    .first<(Pick<Row, 'id' | 'provider_id' | 'kind'> & { keys_version: number }) | undefined>(
      'k.id',
      'k.provider_id',
      'k.kind',
      'p.keys_version',
    );
  return row && { keyId: row.id, providerId: row.provider_id, kind: row.kind, keysVersion: row.keys_version };
}

/** Tokens are random and long, so one round of SHA-256 is as good as a slow hash. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function newToken(kind: ApiKeyKind): string {
  return TOKEN_PREFIX[kind] + randomBytes(32).toString('base64url');
}

function toApiKey(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    version: row.version,
    createdAt: formatInstant(row.created_at.getTime()),
    updatedAt: formatInstant(row.updated_at.getTime()),
  };
}
