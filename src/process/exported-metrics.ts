import { ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { VERSION } from '../project-root';

type PromMetric = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>;
type Labels = Record<string, string | number>;

/** When the process began to count, as OpenTelemetry has instants. */
const BEGUN = hrTime(Date.now() - performance.now());

/** Returns what `/metrics` shows as OpenTelemetry has it, under the same names. */
export function toOpenTelemetry(metrics: readonly object[], resource: Resource): CollectionResult {
  const now = hrTime(Date.now());
  const scopeMetrics = [
    {
      scope: { name: 'offerbook', version: VERSION },
      metrics: (metrics as PromMetric[]).flatMap((metric) => converted(metric, now)),
    },
  ];
  return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
}

function converted({ name, help, type, values }: PromMetric, endTime: [number, number]): MetricData[] {
  const descriptor = { name, description: help, unit: '', valueType: ValueType.DOUBLE };
  const about = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  const point = <T>(attributes: Labels, value: T): DataPoint<T> => ({ startTime: BEGUN, endTime, attributes, value });
  // prom-client says its types by name here.
  if (String(type) === 'histogram') {
    const dataPoints = histogramsOf(values).map(([labels, value]) => point(labels, value));
    return [{ ...about, dataPointType: DataPointType.HISTOGRAM, dataPoints }];
  }
  const dataPoints = values.map(({ labels, value }) => point(labels as Labels, value));
  if (String(type) === 'counter') {
    return [{ ...about, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }];
  }
  return [{ ...about, dataPointType: DataPointType.GAUGE, dataPoints }];
}

/** Returns the histograms of one name by their labels; Prometheus counts buckets from the smallest up, OpenTelemetry each by itself. */
function histogramsOf(values: PromMetric['values']): [Labels, Histogram][] {
  const found = new Map<string, { labels: Labels; upTo: [number, number][]; sum: number; count: number }>();
  for (const { labels, value, metricName = '' } of values) {
    const { le, ...own } = labels as Labels;
    const key = JSON.stringify(own);
    const one = found.get(key) ?? { labels: own, upTo: [], sum: 0, count: 0 };
    found.set(key, one);
    if (metricName.endsWith('_sum')) one.sum = value;
    else if (metricName.endsWith('_count')) one.count = value;
    else if (le !== '+Inf') one.upTo.push([Number(le), value]);
  }
  return [...found.values()].map(({ labels, upTo, sum, count }) => {
    const boundaries = upTo.map(([boundary]) => boundary);
    const cumulative = [...upTo.map(([, below]) => below), count];
    const counts = cumulative.map((below, index) => below - (cumulative[index - 1] ?? 0));
    return [labels, { buckets: { boundaries, counts }, sum, count }];
  });
}

function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
