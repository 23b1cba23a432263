import express, { type Express } from 'express';
import helmet from 'helmet';
import { RegisterRoutes } from '../build/generated/routes';
import type { Services } from './http/context';
import { allowQuotesFromBrowsers } from './http/cors';
import { docs } from './http/docs';
import { answerProblem } from './http/errors';
import { KeyOwners } from './http/key-owners';
import { logRequests } from './http/log';
import { requireAcceptable, requireJson } from './http/media-types';
import { createMetrics } from './http/metrics';
import { limitRate } from './http/rate-limit';
import { beginRequest } from './http/request-id';
import { refuseUnknownPaths } from './http/route-table';
import { Rulebooks } from './http/rulebooks';
import { hashToken } from './store/api-keys';
import { Coalescer } from './store/coalesce';
import type { ProviderWatch } from './store/provider-watch';
import { recordRedemptions } from './store/redemption-ledger';

/** Served over plain HTTP as well: whether there is TLS is for whoever stands in front to say. */
const securityHeaders = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  strictTransportSecurity: false,
});

/** What an app is made from. */
export interface AppOptions extends Pick<Services, 'db' | 'log' | 'clock' | 'config'> {
  /** Tells when what is kept in memory is old; without it every request asks. */
  watch?: ProviderWatch;
}

/** The service as an express app; the middlewares run from top to bottom. */
export function createApp({ db, log, clock, config, watch }: AppOptions): Express {
  const metrics = createMetrics(db);
  const services: Services = {
    db,
    log,
    clock,
    config,
    metrics,
    adminKeyHash: hashToken(config.adminKey),
    keyOwners: new KeyOwners(clock, watch),
    rulebooks: new Rulebooks({ bytes: config.rulebookCacheMb * 1_048_576, watch }),
    redemptions: new Coalescer((entries) => recordRedemptions(db, entries)),
  };
  const app = express();
  app.disable('x-powered-by');
  // An ETag is a version, and only what has one gets it.
  app.disable('etag');
  app.use(beginRequest(services));
  app.use(logRequests(log));
  app.use(metrics.measure);
  app.use(securityHeaders);
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(docs());
  app.use(allowQuotesFromBrowsers);
  app.use(refuseUnknownPaths);
  app.use('/v1', limitRate(config.rateLimit));
  app.use(requireAcceptable);
  app.use(requireJson);
  app.use(express.json({ limit: '1mb', strict: false, type: () => true }));
  RegisterRoutes(app);
  app.use(answerProblem);
  return app;
}
