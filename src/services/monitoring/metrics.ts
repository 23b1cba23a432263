import type { Knex } from 'knex';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { QuotedCode } from '../../engine/quote/answer';

/** What `/metrics` shows. */
export interface Metrics {
  registry: Registry;
  /** Counts a request and how long it took; `route` is a template, because a label per address would grow without end. */
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** Counts an answered quote, whether its rules may have been old, and what became of its codes. */
  countQuote(codes: readonly QuotedCode[], stale: boolean): void;
  /** Counts promo codes that were not looked up, because too many unknown ones were tried. */
  countRefusedGuesses(codes: number): void;
}

const MOST_FINISHED = 500;

/** A request that is over and not yet in the histogram. */
interface FinishedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Makes the service's metrics; the pool is read when they are asked for. */
export function createMetrics(db: Knex): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const finished: FinishedRequest[] = [];
  // Many at a time: one by one, each between other work, they would take several times as long.
  function countFinished(): void {
    for (const { method, route, status, seconds } of finished) duration.observe({ method, route, status }, seconds);
    finished.length = 0;
  }
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of requests; its count is the number of requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
    // Whoever asks wants to see all of them.
    collect: countFinished,
  });
  poolGauge(db, registry);
  const quotes = new Counter({ name: 'offerbook_quotes_total', help: 'Quotes answered.', registers: [registry] });
  const staleQuotes = new Counter({
    name: 'offerbook_stale_quotes_total',
    help: 'Quotes answered by rules that may have been old, because the database was away.',
    registers: [registry],
  });
  const promoCodes = new Counter({
    name: 'offerbook_promo_codes_total',
    help: 'Promo codes in quotes, by what became of them.',
    labelNames: ['status'],
    registers: [registry],
  });
  const refusedGuesses = new Counter({
    name: 'offerbook_promo_code_guesses_refused_total',
    help: 'Promo codes that were not looked up, because too many unknown ones came from one address.',
    registers: [registry],
  });
  return {
    registry,
    countRequest(method, route, status, seconds) {
      finished.push({ method, route, status, seconds });
      if (finished.length >= MOST_FINISHED) countFinished();
    },
    countQuote(codes, stale) {
      quotes.inc();
      if (stale) staleQuotes.inc();
      for (const { status } of codes) promoCodes.inc({ status });
    },
    countRefusedGuesses(codes) {
      refusedGuesses.inc(codes);
    },
  };
}

function poolGauge(db: Knex, registry: Registry): void {
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
