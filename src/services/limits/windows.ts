/** Those who keep more of these busy at once are too many to be told apart; the oldest is forgotten. */
const MOST_BUCKETS = 100_000;

/** What is left of a bucket, and until when. */
export interface Share {
  /** How many may be used without asking again; 0: so many are not left. */
  readonly granted: number;
  /** What is left for all after that. */
  readonly left: number;
  /** Milliseconds since the epoch when all of it is there again. */
  readonly resetAt: number;
}

interface Bucket {
  limit: number;
  left: number;
  resetAt: number;
}

/** Counts down from a limit, per bucket, in windows that begin with the first use. */
export class Windows {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly lengthMs: number) {}

  /** Takes `wanted`, all or none, and with them, to save asking, one of so many parts of what is left. */
  take(name: string, limit: number, wanted: number, { now, parts }: { now: number; parts: number }): Share {
    const bucket = this.current(name, limit, now);
    const granted = bucket.left < wanted ? 0 : Math.max(wanted, Math.floor(bucket.left / parts));
    bucket.left -= granted;
    return { granted, left: bucket.left, resetAt: bucket.resetAt };
  }

  private current(name: string, limit: number, now: number): Bucket {
    const known = this.buckets.get(name);
    if (known !== undefined && known.resetAt > now) {
      known.left = Math.max(0, known.left + limit - known.limit);
      known.limit = limit;
      return known;
    }
    const bucket = { limit, left: limit, resetAt: now + this.lengthMs };
    // Put at the end, so that the order of the map is the order in which the windows end.
    this.buckets.delete(name);
    this.forgetOld(now);
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Two for each new one, so that those that are over never pile up, and no request cleans up after thousands. */
  private forgetOld(now: number): void {
    for (let checked = 0; checked < 2; checked++) {
      const [oldest] = this.buckets;
      if (oldest === undefined || (oldest[1].resetAt > now && this.buckets.size < MOST_BUCKETS)) return;
      this.buckets.delete(oldest[0]);
    }
  }
}
