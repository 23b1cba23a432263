import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Knex } from 'knex';
import type { Registry } from 'prom-client';
import { RegisterRoutes } from '../build/generated/routes';
import { refuseUnknownPaths } from './http/contract/known-paths';
import { type ExpressPrototypes, expressPrototypesOf } from './http/fast-path/express-prototypes';
import { quickOperations } from './http/fast-path/plain';
import { quickQuotes } from './http/fast-path/quotes';
import { quickRedemptions } from './http/fast-path/redemptions';
import { requireKey } from './http/middleware/authentication';
import { allowQuotesFromBrowsers } from './http/middleware/cors';
import { answerProblem } from './http/middleware/errors';
import { requireAcceptable, requireJson } from './http/middleware/media-types';
import { observeRequests } from './http/middleware/observe';
import { readBodies } from './http/middleware/read-body';
import { beginRequest, requireHost } from './http/middleware/request-id';
import { setSecurityHeaders } from './http/middleware/security-headers';
import { showPages } from './http/pages/pages';
import { ApiKeyCache } from './services/caching/api-key-cache';
import type { ProviderWatch } from './services/caching/provider-watch';
import { RulebookCache } from './services/caching/rulebook-cache';
import type { Services } from './services/caller';
import { Batcher } from './services/concurrency/batcher';
import { sharedFacts } from './services/concurrency/shared-facts';
import { Turns } from './services/concurrency/turns';
import { Housekeeping } from './services/housekeeping';
import { addressReader } from './services/limits/client-address';
import { FailedKeys } from './services/limits/failed-keys';
import { RequestLimits } from './services/limits/request-limits';
import { LocalTally, type Tally } from './services/limits/tally';
import { rulebookGauges } from './services/monitoring/gauges';
import { KeyUses } from './services/monitoring/key-uses';
import { createMetrics } from './services/monitoring/metrics';
import { OutageLog } from './services/monitoring/outage-log';
import type { StatementTimes } from './services/monitoring/statement-times';
import type { Tracing } from './services/monitoring/tracing';
import { Assumptions } from './services/redeeming/assumptions';
import { Simulator } from './services/simulating/simulator';
import { onNode } from './store/database/nodes';
import { hashToken } from './store/providers/api-keys';
import { type RecordOutcome, recordRedemptions } from './store/redemptions/redemption-ledger';
import type { RedemptionEntry } from './store/redemptions/redemption-rows';

/** The share of the pool that one provider may take, so that others have connections left. */
const SHARE_OF_POOL = 0.4;

/** What an app is made from. */
export interface AppOptions extends Pick<Services, 'db' | 'log' | 'clock' | 'config'> {
  /** Tells when what is kept in memory is old; without it every request asks. */
  watch?: ProviderWatch;
  /** The pool for lists, exports and the audit log; without it, the other one. */
  readDb?: Knex;
  /** The pool for what takes seconds; without it, the other one. */
  largeWorkDb?: Knex;
  /** Counts for all that serve the same port; without it the process counts alone. */
  tally?: Tally;
  /** Collects how long statements take. */
  statements?: StatementTimes;
  /** Traces requests and their statements; without it nothing is traced. */
  tracing?: Tracing;
  /** Makes of this process's metrics those of all that serve the same port. */
  shareMetrics?: (registry: Registry) => () => Promise<string>;
}

/** Creates the service as an express app. */
export function createApp(options: AppOptions): Express {
  return createService(options).app;
}

/** The express app, and what a server needs to be quick in front of it. */
export interface Service {
  app: Express;
  /** Answers plain quotes and redemptions, and hands everything else to the app. */
  listener: RequestListener;
  /** What the server makes its messages of. */
  messages: ExpressPrototypes;
  /** What is done beside the requests, once it is started. */
  housekeeping: Housekeeping;
  /** What `/metrics` shows of this process. */
  registry: Registry;
  /** What replays simulations, once it is started. */
  simulator: Simulator;
}

/** The service; the middlewares run from top to bottom. */
export function createService(options: AppOptions): Service {
  const { db, log, clock, config, watch, shareMetrics } = options;
  const metrics = createMetrics(db, options.statements);
  const tally = options.tally ?? new LocalTally(clock);
  const limits = new RequestLimits(tally, clock);
  const services: Services = {
    db,
    log,
    clock,
    config,
    metrics,
    tracing: options.tracing,
    adminKeyHash: hashToken(config.adminKey),
    apiKeyCache: new ApiKeyCache(clock, watch),
    keyUses: new KeyUses(db, log),
    tally,
    limits,
    failedKeys: new FailedKeys(limits, config.rateLimit),
    addressOf: addressReader(config.trustedProxies),
    rulebooks: new RulebookCache({
      bytes: config.rulebookCacheMb * 1_048_576,
      watch,
      note: metrics.countFailedExpression,
    }),
    facts: sharedFacts(db),
    assumptions: new Assumptions(clock),
    redemptions: new Batcher(recordOnNode(db), {
      // What holds up one provider's redemptions, such as the import of its catalog, holds up no other's.
      laneOf: ({ providerId }) => providerId,
    }),
    readDb: options.readDb,
    outages: new OutageLog(log),
    turns: new Turns({ most: Math.ceil(db.client.pool.max * SHARE_OF_POOL) }),
    largeWork: { db: options.largeWorkDb ?? db, turns: new Turns({ most: 1 }) },
  };
  rulebookGauges(services.rulebooks, metrics.registry);
  const metricsText = shareMetrics?.(metrics.registry) ?? (() => metrics.registry.metrics());
  const app = express();
  app.disable('x-powered-by');
  // An ETag is a version, and only what has one gets it.
  app.disable('etag');
  app.use(beginRequest(services));
  app.use(observeRequests);
  app.use(setSecurityHeaders);
  app.use(requireHost);
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metricsText());
  });
  showPages(app);
  app.use(allowQuotesFromBrowsers);
  app.use(refuseUnknownPaths);
  app.use(requireAcceptable);
  app.use(requireJson);
  app.use(requireKey);
  app.use(readBodies);
  registerRoutes(app, '/v1/quote');
  app.use(answerProblem);
  return {
    app,
    listener: quickOperations(services, app, [quickQuotes, quickRedemptions]),
    messages: expressPrototypesOf(app),
    housekeeping: new Housekeeping(services, config),
    registry: metrics.registry,
    simulator: new Simulator(services),
  };
}

/** Records redemptions of one provider where its rows are. */
function recordOnNode(db: Knex): (entries: readonly RedemptionEntry[]) => Promise<readonly RecordOutcome[]> {
  return (entries) => onNode(db, entries[0]?.providerId ?? '', (node) => recordRedemptions(node, entries));
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Registers the generated routes, those of one path before the others: express tries them in their order. */
function registerRoutes(app: Express, first: string): void {
  const later: (() => void)[] = [];
  const takesRoutes = Object.fromEntries(
    METHODS.map((method) => [
      method,
      (path: string, ...handlers: RequestHandler[]) => {
        if (path === first) app[method](path, ...handlers);
        else later.push(() => app[method](path, ...handlers));
      },
    ]),
  );
  RegisterRoutes(takesRoutes as unknown as Router);
  for (const register of later) register();
}
