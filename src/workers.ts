import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';

/** A worker that ended by itself is replaced after this time, so that one that cannot live does not keep us busy. */
const REPLACED_AFTER_MS = 1_000;

/** Processes of this program that share one port. */
export interface Workers {
  address: AddressInfo;
  /** Lets every worker finish what it is at. */
  stop(): Promise<void>;
}

/** Starts the workers and answers once all of them serve; fails where one ends before. */
export async function startWorkers(count: number, env: Record<string, string>, log: Logger): Promise<Workers> {
  const live = new Set<Worker>();
  let stopping = false;
  const fork = (): Worker => {
    const worker = cluster.fork(env);
    live.add(worker);
    worker.once('exit', (code, signal) => {
      live.delete(worker);
      if (stopping) return;
      log.error({ worker: worker.process.pid, code, signal }, 'A worker has ended');
      setTimeout(() => stopping || fork(), REPLACED_AFTER_MS);
    });
    return worker;
  };
  const addresses = await Promise.all(Array.from({ length: count }, () => listening(fork())));
  return {
    address: addresses[0] as AddressInfo,
    async stop() {
      stopping = true;
      const ended = [...live].map((worker) => once(worker, 'exit'));
      for (const worker of live) worker.process.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}

function listening(worker: Worker): Promise<AddressInfo> {
  return new Promise((done, fail) => {
    worker.once('listening', ({ address, port }) => done({ address, port, family: '' }));
    worker.once('exit', () => fail(new Error('A worker ended before it served')));
  });
}
