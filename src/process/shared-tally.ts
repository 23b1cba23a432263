import cluster from 'node:cluster';
import type { Looks } from '../services/limits/guess-book';
import { LocalTally, type Tally } from '../services/limits/tally';
import type { Share } from '../services/limits/windows';

const TALLY = 'offerbook:tally';

/** What a worker asks its parent. */
type Question =
  | { type: typeof TALLY; id: number; take: [bucket: string, limit: number, wanted: number] }
  | { type: typeof TALLY; id: number; reserve: [guesser: string, codes: readonly string[], limit: number] }
  | { type: typeof TALLY; id: number; release: [guesser: string, codes: readonly string[]] };

/** What the parent answers. */
interface Reply {
  type: typeof TALLY;
  id: number;
  found: Share | Looks;
}

/** In the parent: counts for all workers. */
export function countForWorkers(workers: number): void {
  const tally = new LocalTally(Date.now, workers);
  cluster.on('message', (worker, message: unknown) => {
    if (!isOfTally<Question>(message)) return;
    if ('release' in message) {
      tally.releaseGuesses(...message.release);
      return;
    }
    const found = 'take' in message ? tally.take(...message.take) : tally.reserveGuesses(...message.reserve);
    // One that has ended meanwhile needs no answer.
    if (worker.isConnected()) worker.send({ type: TALLY, id: message.id, found } satisfies Reply);
  });
}

/** In a worker: what its parent counts for all of them. */
export class SharedTally implements Tally {
  private readonly waiting = new Map<number, (found: never) => void>();
  private asked = 0;

  constructor() {
    process.on('message', (message: unknown) => {
      if (!isOfTally<Reply>(message)) return;
      this.waiting.get(message.id)?.(message.found as never);
      this.waiting.delete(message.id);
    });
  }

  take(bucket: string, limit: number, wanted: number): Promise<Share> {
    return this.ask<Share>((id) => ({ type: TALLY, id, take: [bucket, limit, wanted] }));
  }

  reserveGuesses(guesser: string, codes: readonly string[], limit: number): Promise<Looks> {
    return this.ask<Looks>((id) => ({ type: TALLY, id, reserve: [guesser, codes, limit] }));
  }

  releaseGuesses(guesser: string, codes: readonly string[]): void {
    process.send?.({ type: TALLY, id: 0, release: [guesser, codes] } satisfies Question);
  }

  private ask<T>(question: (id: number) => Question): Promise<T> {
    return new Promise((done) => {
      this.asked += 1;
      this.waiting.set(this.asked, done);
      process.send?.(question(this.asked));
    });
  }
}

function isOfTally<T extends Question | Reply>(message: unknown): message is T {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === TALLY;
}
