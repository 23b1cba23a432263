import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';
import type { Backlog } from '../../store/backlog';
import type { RulebookCache } from '../caching/rulebook-cache';

/** Shows the connections of a pool whenever somebody looks. */
export function poolGauge(db: Knex, registry: Registry): void {
  new Gauge({
    name: 'offerbook_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { pool } = db.client;
      this.set({ state: 'used' }, pool.numUsed());
      this.set({ state: 'free' }, pool.numFree());
      this.set({ state: 'waiting' }, pool.numPendingAcquires());
    },
  });
}

/** Shows how much the rulebook cache keeps and how far behind it is, whenever somebody looks. */
export function rulebookGauges(rulebooks: RulebookCache, registry: Registry): void {
  new Gauge({
    name: 'offerbook_rulebooks',
    help: 'Providers whose compiled rules are in memory.',
    registers: [registry],
    collect() {
      this.set(rulebooks.state.rulebooks);
    },
  });
  new Gauge({
    name: 'offerbook_rulebook_bytes',
    help: 'Memory of the compiled rules, by an estimate.',
    registers: [registry],
    collect() {
      this.set(rulebooks.state.bytes);
    },
  });
  new Gauge({
    name: 'offerbook_rulebook_outdated_seconds',
    help: 'For how long newer rules have been known than those that the oldest rulebook in memory has; 0: all are current.',
    registers: [registry],
    aggregator: 'max',
    collect() {
      this.set(rulebooks.state.outdatedSeconds);
    },
  });
}

/** Makes the gauges of what waits in the database; the process that looks sets them, not the reading of the metrics. */
export function backlogGauges(registry: Registry): (backlog: Backlog) => void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help: `${help}, as of the last minute.`, registers: [registry], aggregator: 'max' });
  const gauges: { readonly [K in keyof Backlog]: Gauge } = {
    holds: gauge('offerbook_holds', 'Redemptions that are held'),
    expiredHolds: gauge('offerbook_expired_holds', 'Holds that have expired and whose uses are still to be given back'),
    erasures: gauge('offerbook_open_erasures', 'Erasures of customers that are not finished'),
    deliveries: gauge('offerbook_webhook_deliveries', 'Deliveries of webhooks that have not arrived yet'),
    overdueDeliveries: gauge(
      'offerbook_webhook_deliveries_overdue',
      'Those that should have been tried a minute before',
    ),
    failingWebhooks: gauge('offerbook_webhooks_failing', 'Webhooks whose last attempt failed'),
  };
  return (backlog) => {
    for (const [name, value] of Object.entries(backlog)) gauges[name as keyof Backlog].set(value);
  };
}
