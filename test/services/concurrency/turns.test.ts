import { Turns } from '../../../src/services/concurrency/turns';
import { Unavailable } from '../../../src/services/errors';

/** Work that ends when the test says so. */
function work(turns: Turns, provider: string) {
  let began = false;
  let end = (_failure?: Error): void => undefined;
  const done = turns.take(provider, () => {
    began = true;
    return new Promise<string>((resolve, reject) => {
      end = (failure) => (failure ? reject(failure) : resolve(provider));
    });
  });
  return { done, began: () => began, end: (failure?: Error) => end(failure) };
}
const turn = () => new Promise((done) => setImmediate(done));

test('a provider has so many turns at a time, and the others follow in their order', async () => {
  const turns = new Turns({ most: 2 });
  const all = [1, 2, 3, 4].map(() => work(turns, 'north'));
  await turn();
  expect(all.map(({ began }) => began())).toEqual([true, true, false, false]);
  all[1]?.end();
  await turn();
  expect(all.map(({ began }) => began())).toEqual([true, true, true, false]);
  all[0]?.end(new Error('failed'));
  await expect(all[0]?.done).rejects.toThrow('failed');
  await turn();
  expect(all[3]?.began()).toBe(true);
  for (const { end } of all.slice(2)) end();
  expect(await all[3]?.done).toBe('north');
});

test('no provider waits for another one', async () => {
  const turns = new Turns({ most: 1 });
  const [north, second, south] = [work(turns, 'north'), work(turns, 'north'), work(turns, 'south')];
  await turn();
  expect([second.began(), south.began()]).toEqual([false, true]);
  for (const one of [north, south]) one.end();
  await south.done;
  await turn();
  second.end();
  expect(await second.done).toBe('north');
});

test('who waits for too long, or behind too many, is refused and takes nobody’s turn', async () => {
  const turns = new Turns({ most: 1, waiting: 1, patienceMs: 20 });
  const first = work(turns, 'north');
  const second = work(turns, 'north');
  const third = work(turns, 'north');
  await expect(third.done).rejects.toThrow(Unavailable);
  await expect(second.done).rejects.toThrow(Unavailable);
  first.end();
  expect(await first.done).toBe('north');
  const fourth = work(turns, 'north');
  await turn();
  expect([second.began(), third.began(), fourth.began()]).toEqual([false, false, true]);
  fourth.end();
  await fourth.done;
});
