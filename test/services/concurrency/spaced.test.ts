import { Spaced } from '../../../src/services/concurrency/spaced';

const PAUSE_MS = 50;

test('work of one key runs alone, and whoever asks meanwhile shares the next run', async () => {
  const spaced = new Spaced<number>(PAUSE_MS);
  const begun: number[] = [];
  const run = () =>
    spaced.run('north', async () => {
      begun.push(performance.now());
      return begun.length;
    });
  expect(await Promise.all([run(), run(), run()])).toEqual([1, 2, 2]);
  expect(await run()).toBe(3);
  expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(PAUSE_MS - 1);
});

test('a failure is told to those who shared it, and the next run begins anew', async () => {
  const spaced = new Spaced<string>(PAUSE_MS);
  const fail = () => Promise.reject(new Error('away'));
  const first = spaced.run('north', fail);
  const shared = [spaced.run('north', fail), spaced.run('north', async () => 'not begun')];
  await expect(first).rejects.toThrow('away');
  for (const one of shared) await expect(one).rejects.toThrow('away');
  await expect(spaced.run('north', async () => 'there')).resolves.toBe('there');
});

test('keys do not wait for each other', async () => {
  const spaced = new Spaced<string>(60_000);
  await spaced.run('north', async () => 'north');
  expect(await spaced.run('south', async () => 'south')).toBe('south');
});
