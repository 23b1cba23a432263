import type { Knex } from 'knex';
import type { ApiKeyKind, ApiKeyScope } from './api-key';

/** Whose key a token is, and what the key is allowed. */
export interface KeyOwner {
  readonly keyId: string;
  readonly providerId: string;
  readonly kind: ApiKeyKind;
  /** Counts the provider's revoked and changed keys. */
  readonly keysVersion: number;
  /** Milliseconds since the epoch from when on the token does not work. */
  readonly validUntil: number;
  readonly allowedOrigins: readonly string[] | undefined;
  readonly scopes: readonly ApiKeyScope[] | undefined;
  /** Requests a minute; absent: what is configured. */
  readonly rateLimit: number | undefined;
  /** Milliseconds since the epoch when the key was used, as far as it is known. */
  usedAt: number;
}

interface Row {
  id: string;
  provider_id: string;
  kind: ApiKeyKind;
  keys_version: number;
  valid_until: Date | null;
  allowed_origins: string[] | null;
  scopes: ApiKeyScope[] | null;
  rate_limit: number | null;
  last_used_at: Date | null;
}

const OWNER = `
select k.id, k.provider_id, k.kind, p.keys_version, k.allowed_origins, k.scopes, k.rate_limit, k.last_used_at,
  least(k.expires_at, t.valid_until) as valid_until
from (
  select provider_id, id as key_id, null::timestamptz as valid_until from api_keys where token_hash = :hash
  union all
  select provider_id, key_id, valid_until from retired_tokens where token_hash = :hash
) t
join api_keys k on k.provider_id = t.provider_id and k.id = t.key_id
join providers p on p.id = k.provider_id`;

/** Finds whose key a token is, by its hash; it may have expired. */
export async function findKeyOwner(db: Knex, tokenHash: Buffer): Promise<KeyOwner | undefined> {
  const { rows } = await db.raw<{ rows: Row[] }>(OWNER, { hash: tokenHash });
  const [row] = rows;
  return (
    row && {
      keyId: row.id,
      providerId: row.provider_id,
      kind: row.kind,
      keysVersion: Number(row.keys_version),
      validUntil: row.valid_until?.getTime() ?? Number.POSITIVE_INFINITY,
      allowedOrigins: row.allowed_origins ?? undefined,
      scopes: row.scopes ?? undefined,
      rateLimit: row.rate_limit ?? undefined,
      usedAt: row.last_used_at?.getTime() ?? 0,
    }
  );
}
