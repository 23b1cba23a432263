import type { Tally } from './tally';

const MOST_KEPT = 100_000;

/** Where a request stands in its limit. */
export interface Standing {
  readonly limit: number;
  /** What is left, as far as this process knows. */
  readonly remaining: number;
  /** Seconds until all of it is there again. */
  readonly resetSeconds: number;
  readonly allowed: boolean;
}

interface Kept {
  readonly limit: number;
  /** What this process may still use without asking. */
  own: number;
  readonly left: number;
  readonly resetAt: number;
}

/**
 * Limits of so many in a minute. What is left is taken from the tally in parts, so that of a busy bucket few requests have
 * to ask, and none of one that is empty.
 */
export class RequestLimits {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly tally: Tally,
    private readonly clock: () => number,
  ) {}

  /** Uses so many, all or none. */
  async use(bucket: string, limit: number, count = 1): Promise<Standing> {
    return this.useOwn(bucket, limit, count) ?? (await this.take(bucket, limit, count));
  }

  /** Uses so many of what this process has, all or none; `undefined` where the tally must be asked. */
  useOwn(bucket: string, limit: number, count: number): Standing | undefined {
    const now = this.clock();
    const kept = this.current(bucket, limit, now);
    return kept !== undefined && (kept.own >= count || kept.left === 0) ? spend(kept, count, now) : undefined;
  }

  /** Takes more from the tally, and uses so many of it. */
  async take(bucket: string, limit: number, count: number): Promise<Standing> {
    const now = this.clock();
    const { granted, left, resetAt } = await this.tally.take(bucket, limit, count);
    const own = granted + (this.current(bucket, limit, now)?.own ?? 0);
    const more = { limit, own, left, resetAt };
    this.keep(bucket, more, now);
    return spend(more, count, now);
  }

  /** Gives back what was used for nothing. */
  giveBack(bucket: string, limit: number, count: number): void {
    const kept = this.current(bucket, limit, this.clock());
    if (kept !== undefined) kept.own += count;
  }

  /** Returns whether all of a bucket has been used, as far as this process knows. */
  isUsedUp(bucket: string, limit: number): boolean {
    const kept = this.current(bucket, limit, this.clock());
    return kept !== undefined && kept.own === 0 && kept.left === 0;
  }

  private current(bucket: string, limit: number, now: number): Kept | undefined {
    const kept = this.kept.get(bucket);
    return kept !== undefined && kept.limit === limit && kept.resetAt > now ? kept : undefined;
  }

  private keep(bucket: string, kept: Kept, now: number): void {
    this.kept.delete(bucket);
    const [oldest] = this.kept;
    if (oldest !== undefined && (this.kept.size >= MOST_KEPT || oldest[1].resetAt <= now)) {
      this.kept.delete(oldest[0]);
    }
    this.kept.set(bucket, kept);
  }
}

function spend(kept: Kept, count: number, now: number): Standing {
  const allowed = kept.own >= count;
  if (allowed) kept.own -= count;
  const { limit, own, left, resetAt } = kept;
  return { limit, remaining: own + left, resetSeconds: Math.max(1, Math.ceil((resetAt - now) / 1_000)), allowed };
}
