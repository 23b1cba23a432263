import type { Knex } from 'knex';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Quote } from '../../engine/quote/answer';
import type { FailedEvaluation } from '../../expressions/evaluator';
import { VERSION } from '../../project-root';
import type { Backlog } from '../../store/backlog';
import { backlogGauges, poolGauge } from './gauges';
import type { StatementTimes } from './statement-times';

/** What became of a request to redeem, or of a redemption later. */
export type RedemptionOutcome =
  | 'confirmed'
  | 'held'
  | 'repeated'
  | 'price_changed'
  | 'refused'
  | 'hold_confirmed'
  | 'cancelled'
  | 'replaced'
  | 'returned';

/** What `/metrics` shows. */
export interface Metrics {
  registry: Registry;
  /** Counts a request and how long it took; `route` is a template, because a label per address would grow without end. */
  countRequest(method: string, route: string, status: number, seconds: number): void;
  /** Counts an answered quote, whether its rules may have been old, what became of its codes and why rules did not apply. */
  countQuote(quote: Pick<Quote, 'promoCodes' | 'declined'>, stale: boolean): void;
  /** Counts what became of a redemption. */
  countRedemption(outcome: RedemptionOutcome): void;
  /** Shows what waits in the database. */
  showBacklog(backlog: Backlog): void;
  /** Counts promo codes that were not looked up, because too many unknown ones were tried. */
  countRefusedGuesses(codes: number): void;
  /** Counts an expression of a provider's type that failed or cost too much. */
  countFailedExpression(why: FailedEvaluation): void;
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
export function createMetrics(db: Knex, statements?: StatementTimes): Metrics {
  const registry = new Registry();
  buildInfo(registry);
  if (statements !== undefined) statementHistogram(statements, registry);
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
  const declines = new Map<string, number>();
  new Counter({
    name: 'offerbook_declined_total',
    help: 'Codes, promotions and discounts that quotes declined, by the reason that was told.',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      for (const [reason, count] of declines) this.inc({ reason }, count);
      declines.clear();
    },
  });
  const countDecline = (reason: string | undefined): void => {
    if (reason !== undefined) declines.set(reason, (declines.get(reason) ?? 0) + 1);
  };
  const redemptions = new Counter({
    name: 'offerbook_redemptions_total',
    help: 'Requests to redeem, and what became of redemptions later, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const refusedGuesses = new Counter({
    name: 'offerbook_promo_code_guesses_refused_total',
    help: 'Promo codes that were not looked up, because too many unknown ones came from one address.',
    registers: [registry],
  });
  const failedExpressions = new Counter({
    name: 'offerbook_expressions_failed_total',
    help: "Expressions of providers' types that failed, or took more steps than they may.",
    labelNames: ['why'],
    registers: [registry],
  });
  return {
    registry,
    countRequest(method, route, status, seconds) {
      finished.push({ method, route, status, seconds });
      if (finished.length >= MOST_FINISHED) countFinished();
    },
    countQuote({ promoCodes: codes, declined }, stale) {
      quotes.inc();
      if (stale) staleQuotes.inc();
      for (const { status, reason } of codes) {
        promoCodes.inc({ status });
        countDecline(reason);
      }
      for (const { reason } of declined) countDecline(reason);
    },
    countRedemption(outcome) {
      redemptions.inc({ outcome });
    },
    showBacklog: backlogGauges(registry),
    countRefusedGuesses(codes) {
      refusedGuesses.inc(codes);
    },
    countFailedExpression(why) {
      failedExpressions.inc({ why });
    },
  };
}

/** Reports what runs, so that a graph shows when it changed. */
function buildInfo(registry: Registry): void {
  new Gauge({
    name: 'offerbook_build_info',
    help: 'Always 1; its labels tell what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
    aggregator: 'first',
  }).set({ version: VERSION, node: process.version }, 1);
}

/** Counts how long statements took; what is collected is counted when somebody looks. */
function statementHistogram(statements: StatementTimes, registry: Registry): void {
  const histogram = new Histogram({
    name: 'offerbook_statement_duration_seconds',
    help: 'Duration of statements as the service waits for them, by kind.',
    labelNames: ['kind'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
    collect: () => statements.flush(),
  });
  statements.countBy((times) => {
    for (const { kind, seconds } of times) histogram.observe({ kind }, seconds);
  });
}
