import type { PricedService } from '../priced-cart';
import type { Matcher } from '../selector';

const OWNED: ReadonlySet<PricedService['status']> = new Set(['active', 'processing', 'stopped']);

/** How many of the services that count as owned match: quantities summed. */
export function ownedCount(services: readonly PricedService[], matches: Matcher): number {
  return services.reduce(
    (sum, service) => (OWNED.has(service.status) && matches(service) ? sum + service.quantity : sum),
    0,
  );
}
