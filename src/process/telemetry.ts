import { AsyncLocalStorage } from 'node:async_hooks';
import os from 'node:os';
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Registry } from 'prom-client';
import { VERSION } from '../project-root';
import type { StatementTimes } from '../services/monitoring/statement-times';
import type { Tracing } from '../services/monitoring/tracing';
import { toOpenTelemetry } from './exported-metrics';

/** A collector that is away must not hold up the end of the process. */
const STOPPED_WITHIN_MS = 1_000;

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Sends traces of requests and their statements, and everything that `/metrics` shows, to an OpenTelemetry collector. Loaded only where
 * there is one; its address, headers and sampling are the usual `OTEL_…` variables, which the exporters read themselves.
 */
export function startTelemetry(statements: StatementTimes): Tracing & { export(registry: Registry): void } {
  const resource = resourceFromAttributes({
    'service.name': process.env.OTEL_SERVICE_NAME ?? 'offerbook',
    'service.version': VERSION,
    'service.instance.id': `${os.hostname()}:${process.pid}`,
  });
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('offerbook', VERSION);
  const requests = new AsyncLocalStorage<Context>();
  let meters: MeterProvider | undefined;
  statements.tell((kind) => {
    const request = requests.getStore();
    if (request === undefined) return () => {};
    const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': kind };
    const span = tracer.startSpan(`PostgreSQL ${kind}`, { kind: SpanKind.CLIENT, attributes }, request);
    return () => span.end();
  });
  return {
    begin(method, headers) {
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parentOf(headers.traceparent));
      requests.enterWith(trace.setSpan(ROOT_CONTEXT, span));
      return {
        traceId: span.spanContext().traceId,
        end({ route, status, provider: offerbookProvider, problem }) {
          span.updateName(`${method} ${route}`);
          span.setAttributes({
            'http.request.method': method,
            'http.route': route,
            'http.response.status_code': status,
            ...(offerbookProvider !== undefined && { 'offerbook.provider': offerbookProvider }),
            ...(problem !== undefined && { 'error.type': problem }),
          });
          if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    export(registry) {
      const producer = { collect: async () => toOpenTelemetry(await registry.getMetricsAsJSON(), resource) };
      const reader = new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        metricProducers: [producer],
      });
      meters = new MeterProvider({ resource, readers: [reader] });
    },
    async stop() {
      const stopped = Promise.allSettled([provider.shutdown(), meters?.shutdown()]);
      await Promise.race([stopped, new Promise((done) => setTimeout(done, STOPPED_WITHIN_MS).unref())]);
    },
  };
}

/** Returns the client's span that a request belongs to, where it says so. */
function parentOf(traceparent: string | string[] | undefined): Context {
  const [, traceId, spanId, flags] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const parent: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '01', 16) & 1, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
