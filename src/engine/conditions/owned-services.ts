import type { PricedService } from '../cart/priced-cart';
import type { Matcher } from '../vocabulary/selector';

const OWNED: ReadonlySet<PricedService['status']> = new Set(['active', 'processing', 'stopped']);

/** Returns how many of the services that count as owned match: quantities summed. */
export function ownedCount(services: readonly PricedService[], matches: Matcher): number {
  return services.reduce(
    (sum, service) => (OWNED.has(service.status) && matches(service) ? sum + service.quantity : sum),
    0,
  );
}
