import type { Instant } from '../../engine/time/instant';
import type { FieldError } from '../../engine/vocabulary/problem';
import type { Name, ServerMade, Stored } from '../../engine/vocabulary/resource';

/** Secret: everything of one provider, for servers. Publishable: quotes only, safe in a web page. */
export type ApiKeyKind = 'secret' | 'publishable';

/** A part of what a secret key may do; `catalog:write` includes `catalog:read`. */
export type ApiKeyScope = 'quotes' | 'redemptions' | 'catalog:read' | 'catalog:write' | 'reports' | 'webhooks';

/**
 * The origin of a web page as browsers send it: scheme, host and, unless it is the scheme's own, port.
 * @pattern ^[a-z][a-z0-9+.-]*://[^/?#@\s]+$
 * @maxLength 300
 */
export type Origin = string;

/** What an API key is given. */
interface ApiKeyFields {
  /** A name for the back office. */
  name: Name;
  /** What the key may do; it cannot change. */
  kind: ApiKeyKind;
  /** From when on the key does not work; absent: it works until it is revoked. */
  expiresAt?: Instant;
  /**
   * The origins of the web pages that a publishable key works on; absent: all. Requests without an `Origin` are let in.
   * @minItems 1
   * @maxItems 100
   */
  allowedOrigins?: Origin[];
  /**
   * What a secret key may do; absent: everything of its provider.
   * @minItems 1
   * @maxItems 6
   */
  scopes?: ApiKeyScope[];
  /**
   * Requests a minute: of a secret key in all, of a publishable one from each client address; 0 is no limit. Absent: what
   * the service is configured for.
   * @isInt
   * @minimum 0
   * @maximum 10000000
   */
  rateLimit?: number;
}

/** An API key to create, or as it is to be. */
export interface ApiKeyInput extends ApiKeyFields, ServerMade {
  /** When the key was last used; ignored in a write. */
  lastUsedAt?: Instant;
}

/** A stored API key; its token is not kept. */
export interface ApiKey extends ApiKeyFields, Stored {
  /** When the key was last used, exact to a minute; absent: never. */
  lastUsedAt?: Instant;
}

/** An API key with a new token. */
export interface CreatedApiKey extends ApiKey {
  /**
   * What the client sends as `Authorization: Bearer …`; shown only here.
   * @maxLength 200
   */
  token: string;
}

/** How a key gets a new token. */
export interface ApiKeyRotation {
  /**
   * For how long the old token works beside the new one, in seconds; at most a week.
   * @isInt
   * @minimum 0
   * @maximum 604800
   */
  overlapSeconds: number;
}

/** Finds what is wrong with a key beyond its schema. */
export function checkApiKey({ kind, allowedOrigins, scopes }: ApiKeyInput): FieldError[] {
  const errors: FieldError[] = [];
  if (kind === 'secret' && allowedOrigins) {
    errors.push({ pointer: '/allowedOrigins', code: 'not_allowed', detail: 'belongs to publishable keys only' });
  }
  if (kind === 'publishable' && scopes) {
    errors.push({ pointer: '/scopes', code: 'not_allowed', detail: 'belongs to secret keys only' });
  }
  for (const [index, origin] of (allowedOrigins ?? []).entries()) {
    const usual = asBrowsersSendIt(origin);
    if (usual !== origin) {
      const detail = `must be an origin as browsers send it${usual === undefined ? '' : `: ${usual}`}`;
      errors.push({ pointer: `/allowedOrigins/${index}`, code: 'origin', detail });
    }
  }
  return errors;
}

/** Browsers write hosts in lower case and ASCII, and leave out a port that is the scheme's own. */
function asBrowsersSendIt(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  // Schemes of apps, such as capacitor://localhost, have no origin of their own in the standard.
  return url.origin === 'null' ? origin : url.origin;
}
