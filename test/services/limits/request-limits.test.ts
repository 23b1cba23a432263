import fc from 'fast-check';
import { RequestLimits } from '../../../src/services/limits/request-limits';
import { LocalTally, type Tally } from '../../../src/services/limits/tally';

const MINUTE = 60_000;
let now: number;
const clock = () => now;
beforeEach(() => {
  now = Date.UTC(2026, 10, 26);
});

/** What a worker has: the same tally, asked over a line that takes a turn. */
function remote(tally: LocalTally, asked: () => void = () => undefined): Tally {
  return {
    take: async (...args) => {
      asked();
      return tally.take(...args);
    },
    reserveGuesses: async (...args) => tally.reserveGuesses(...args),
    releaseGuesses: (...args) => tally.releaseGuesses(...args),
  };
}

describe('a process that is alone', () => {
  test('a process that is alone lets so many in, tells what is left, and begins anew after a minute', async () => {
    const limits = new RequestLimits(new LocalTally(clock), clock);
    const use = () => limits.use('a', 2);
    expect(await use()).toEqual({ limit: 2, remaining: 1, resetSeconds: 60, allowed: true });
    now += 20_500;
    expect(await use()).toEqual({ limit: 2, remaining: 0, resetSeconds: 40, allowed: true });
    expect(await use()).toEqual({ limit: 2, remaining: 0, resetSeconds: 40, allowed: false });
    expect(limits.isUsedUp('a', 2)).toBe(true);
    now += MINUTE - 20_500;
    expect(limits.isUsedUp('a', 2)).toBe(false);
    expect(await use()).toMatchObject({ remaining: 1, resetSeconds: 60, allowed: true });
  });

  test('a process that is alone keeps buckets apart', async () => {
    const limits = new RequestLimits(new LocalTally(clock), clock);
    expect(await limits.use('a', 1)).toMatchObject({ allowed: true });
    expect(await limits.use('b', 1)).toMatchObject({ allowed: true });
    expect(await limits.use('a', 1)).toMatchObject({ allowed: false });
  });

  test('a process that is alone counts several at once, all or none', async () => {
    const limits = new RequestLimits(new LocalTally(clock), clock);
    expect(await limits.use('a', 10, 7)).toMatchObject({ allowed: true, remaining: 3 });
    expect(await limits.use('a', 10, 4)).toMatchObject({ allowed: false, remaining: 3 });
    expect(await limits.use('a', 10, 3)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limits.use('b', 10, 11)).toMatchObject({ allowed: false, remaining: 10 });
  });

  test('a limit that is changed holds for the window that has begun', async () => {
    const limits = new RequestLimits(new LocalTally(clock), clock);
    for (let used = 0; used < 3; used++) await limits.use('a', 3);
    expect(await limits.use('a', 3)).toMatchObject({ allowed: false });
    expect(await limits.use('a', 5)).toMatchObject({ allowed: true });
    expect(await limits.use('a', 5)).toMatchObject({ allowed: true });
    expect(await limits.use('a', 5)).toMatchObject({ allowed: false });
  });
});

describe('several processes', () => {
  test.each([1, 5, 40, 1_000])('one that has all the requests gets all of %i', async (limit) => {
    const tally = new LocalTally(clock, 4);
    const limits = new RequestLimits(remote(tally), clock);
    let allowed = 0;
    for (let request = 0; request < limit + 20; request++) if ((await limits.use('a', limit)).allowed) allowed += 1;
    expect(allowed).toBe(limit);
  });

  test('however requests are spread, all of them together never get more than the limit, nor much less', async () => {
    const requests = fc.array(fc.nat({ max: 3 }), { minLength: 400, maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 300 }), async (spread, limit) => {
        const tally = new LocalTally(clock, 4);
        const processes = Array.from({ length: 4 }, () => new RequestLimits(remote(tally), clock));
        const standings = await Promise.all(spread.map((at) => processes[at]?.use('a', limit)));
        const allowed = standings.filter((standing) => standing?.allowed).length;
        expect(allowed).toBeLessThanOrEqual(limit);
        expect(allowed).toBeGreaterThanOrEqual(limit - Math.ceil(limit / 16));
      }),
      { numRuns: 50 },
    );
  });

  test('whoever is refused does not ask again', async () => {
    let asked = 0;
    const tally = remote(new LocalTally(clock, 4), () => {
      asked += 1;
    });
    const limits = new RequestLimits(tally, clock);
    for (let request = 0; request < 100; request++) await limits.use('a', 2);
    expect(asked).toBe(2);
  });
});
