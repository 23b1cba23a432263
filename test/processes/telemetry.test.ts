import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { projectRoot } from '../../src/project-root';
import { clientOf, createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Service, startServices } from '../support/processes/processes';
import { cartOf } from '../support/redeem';
import { until } from '../support/until';

/** A span as the collector receives it. */
interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

let database: TestDatabase;
let collector: Server;
const spans: Span[] = [];
const metrics = new Map<string, object>();
beforeAll(async () => {
  database = await createTestDatabase();
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    for (const { scopeSpans = [] } of body.resourceSpans ?? [])
      for (const scope of scopeSpans) spans.push(...scope.spans);
    for (const { scopeMetrics = [] } of body.resourceMetrics ?? []) {
      for (const scope of scopeMetrics) for (const metric of scope.metrics) metrics.set(metric.name, metric);
    }
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  await new Promise<void>((done) => {
    collector.listen(0, '127.0.0.1', () => done());
  });
});
afterAll(async () => {
  collector.closeAllConnections();
  collector.close();
  await database.drop();
});

test('with a collector, requests and their statements are traced within the trace of the client, and metrics are sent', async () => {
  const { port } = collector.address() as AddressInfo;
  const [service] = (await startServices(1, {
    DATABASE_URL: database.connectionString,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_METRIC_EXPORT_INTERVAL: '60000',
  })) as [Service];
  try {
    await createProvider(service, 'north');
    const client = clientOf([service], 'north');
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const redeemed = await client.send('/v1/redemptions', { orderId: 'o', quote: cartOf('anna') }, { traceparent });
    expect(redeemed.status).toBe(201);
    const ours = () => spans.filter((span) => span.traceId === traceId);
    await until(async () => ours().some(({ name }) => name === 'POST /v1/redemptions'));
    const request = ours().find(({ name }) => name === 'POST /v1/redemptions') as Span;
    expect(request.parentSpanId).toBe('00f067aa0ba902b7');
    const attributes = new Map(request.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
    expect(Object.fromEntries(attributes)).toMatchObject({
      'http.route': '/v1/redemptions',
      'http.response.status_code': 201,
      'offerbook.provider': 'north',
    });
    await until(async () => ours().some(({ name }) => name === 'PostgreSQL facts'));
    for (const span of ours()) if (span !== request) expect(span.parentSpanId).toBe(request.spanId);
    // What no client traces is a trace of its own.
    const own = await client.send('/v1/quote', cartOf('anna'));
    expect(own.status).toBe(200);
    await until(async () => spans.some(({ name, parentSpanId }) => name === 'POST /v1/quote' && !parentSpanId));
  } finally {
    await service.stop();
  }
  // The rest is sent at the end.
  expect([...metrics.keys()]).toEqual(
    expect.arrayContaining([
      'http_request_duration_seconds',
      'offerbook_redemptions_total',
      'offerbook_rulebook_bytes',
    ]),
  );
  expect(JSON.stringify(metrics.get('offerbook_redemptions_total'))).toContain('"confirmed"');
});

test('without a collector nothing of OpenTelemetry is loaded, but the interface that prom-client brings', () => {
  const script = `require('./build/dist/src/app.js'); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const loaded: string[] = JSON.parse(
    execFileSync(process.execPath, ['-e', script], { cwd: path.resolve(projectRoot), encoding: 'utf8' }),
  );
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded.filter((file) => /@opentelemetry\/(?!api\/)/.test(file))).toEqual([]);
});
