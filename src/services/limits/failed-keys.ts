import { hashToken } from '../../store/providers/api-keys';
import type { RequestLimits, Standing } from './request-limits';

/** Wrong keys a minute from one address, where no lower limit is configured. */
const MOST_FAILURES = 300;
const MOST_PROVEN = 10_000;

/**
 * Limits how often an address may try keys. Keys that have worked from it keep working, so that clients sharing it with
 * a guesser are not affected.
 */
export class FailedKeys {
  private readonly proven = new Set<string>();
  private readonly limit: number;

  constructor(
    private readonly limits: RequestLimits,
    /** Requests a minute and key; 0 is no limit. */
    rateLimit: number,
  ) {
    this.limit = rateLimit === 0 ? MOST_FAILURES : Math.min(rateLimit, MOST_FAILURES);
  }

  /** Returns whether a key is looked up at all; answers where the address stands where it is not. */
  async refuses(address: string, token: string): Promise<Standing | undefined> {
    const bucket = bucketOf(address);
    if (!this.limits.isUsedUp(bucket, this.limit) || this.proven.has(provenName(address, token))) return undefined;
    return this.limits.use(bucket, this.limit);
  }

  /** Counts a request whose key is wrong, or that has none; answers where the address stands if there were too many. */
  async count(address: string): Promise<Standing | undefined> {
    const standing = await this.limits.use(bucketOf(address), this.limit);
    return standing.allowed ? undefined : standing;
  }

  /** Notes that a key has worked from an address. */
  prove(address: string, token: string): void {
    if (this.proven.size >= MOST_PROVEN) this.proven.clear();
    this.proven.add(provenName(address, token));
  }
}

function bucketOf(address: string): string {
  return `wrong keys ${address}`;
}

/** Returns the hash of the token, so that the process keeps no key. */
function provenName(address: string, token: string): string {
  return `${address} ${hashToken(token).toString('base64')}`;
}
