import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { AggregatorRegistry, Counter, Registry } from 'prom-client';
import { countForWorkers } from './shared-tally';

/** A worker that ended by itself is replaced after this time, so that one that cannot run does not keep us busy. */
const REPLACED_AFTER_MS = 1_000;

/** What a worker asks its parent, and what it is answered. */
const METRICS = 'offerbook:metrics';

/** Processes of this program that share one port. */
export interface Workers {
  address: AddressInfo;
  /** Lets every worker finish its requests. */
  stop(): Promise<void>;
  /** Comes when no worker serves any more and a new one could not be started. */
  gone: Promise<void>;
}

/** Starts the workers and answers once all of them serve; fails where one ends before. */
export async function startWorkers(count: number, env: Record<string, string>, log: Logger): Promise<Workers> {
  const live = new Set<Worker>();
  const serving = new Set<Worker>();
  const restarts = answerForMetrics();
  countForWorkers(count);
  let stopping = false;
  let giveUp: () => void;
  const gone = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const fork = (): Worker => {
    const worker = cluster.fork(env);
    live.add(worker);
    worker.once('listening', () => serving.add(worker));
    worker.once('exit', (code, signal) => {
      live.delete(worker);
      const served = serving.delete(worker);
      if (stopping) return;
      log.error({ worker: worker.process.pid, code, signal }, 'A worker has ended');
      // The port would stay open and answer nothing; the supervisor can do better.
      if (!served && serving.size === 0) giveUp();
      restarts.inc();
      setTimeout(() => stopping || fork(), REPLACED_AFTER_MS);
    });
    return worker;
  };
  const addresses = await Promise.all(Array.from({ length: count }, () => listening(fork())));
  return {
    address: addresses[0] as AddressInfo,
    gone,
    async stop() {
      stopping = true;
      const ended = [...live].map((worker) => once(worker, 'exit'));
      for (const worker of live) worker.process.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}

/** Adds up what the workers count, for whichever of them is asked; returns what is counted here. */
function answerForMetrics(): Counter {
  const all = new AggregatorRegistry();
  const own = new Registry();
  const restarts = new Counter({
    name: 'offerbook_worker_restarts_total',
    help: 'Workers that ended by themselves and were replaced.',
    registers: [own],
  });
  cluster.on('message', (worker, message: unknown) => {
    if (message !== METRICS) return;
    Promise.all([all.clusterMetrics(), own.metrics()]).then(
      (texts) => worker.send({ type: METRICS, text: texts.join('\n') }),
      // A worker that ended meanwhile is missing from this answer only.
      () => worker.send({ type: METRICS, text: '' }),
    );
  });
  return restarts;
}

/** In a worker: what all workers count together, as Prometheus reads it. */
export function metricsOfAllWorkers(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry]);
  // It answers the parent for this worker.
  new AggregatorRegistry();
  return () =>
    new Promise((done) => {
      const hear = (message: unknown): void => {
        if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== METRICS) return;
        process.off('message', hear);
        done('text' in message ? String(message.text) : '');
      };
      process.on('message', hear);
      process.send?.(METRICS);
    });
}

function listening(worker: Worker): Promise<AddressInfo> {
  return new Promise((done, fail) => {
    worker.once('listening', ({ address, port }) => done({ address, port, family: '' }));
    worker.once('exit', () => fail(new Error('A worker ended before it served')));
  });
}
