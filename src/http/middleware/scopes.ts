import type { ApiKeyScope } from '../../store/providers/api-key';
import { HttpProblem } from '../answers/problem';

/** Paths below `/v1` that are no part of the catalog. */
const SCOPES: Readonly<Record<string, ApiKeyScope>> = {
  quote: 'quotes',
  quotes: 'quotes',
  forecast: 'quotes',
  redemptions: 'redemptions',
  'redemptions.csv': 'redemptions',
  grants: 'redemptions',
  customers: 'redemptions',
  reports: 'reports',
  simulations: 'reports',
  webhooks: 'webhooks',
  events: 'webhooks',
};

/** Returns the scope that a request needs of a secret key; whatever is not listed belongs to the catalog. */
export function scopeOf(method: string, path: string): ApiKeyScope {
  const resource = path.split('/')[2]?.toLowerCase() ?? '';
  if (Object.hasOwn(SCOPES, resource)) return SCOPES[resource] as ApiKeyScope;
  return method === 'GET' || method === 'HEAD' ? 'catalog:read' : 'catalog:write';
}

/** Throws 403 where a key has scopes and not the one that is needed. */
export function requireScope(granted: readonly ApiKeyScope[] | undefined, needed: ApiKeyScope): void {
  if (granted === undefined || granted.includes(needed)) return;
  if (needed === 'catalog:read' && granted.includes('catalog:write')) return;
  throw new HttpProblem(403, 'out_of_scope', `This key's scopes are ${granted.join(', ')}; this takes ${needed}.`);
}
