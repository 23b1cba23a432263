import { sharedRound } from '../../../src/services/concurrency/shared-rounds';

/** Does as much in a row as a round has room for; returns what waits for another one. */
function fillRound(): Promise<void> {
  for (;;) {
    const turn = sharedRound();
    if (turn !== undefined) return turn;
  }
}

test('what a round has no room for goes on in a later one, in its order, and others are let in before', async () => {
  const told: string[] = [];
  const tell = (what: string) => () => told.push(what);
  const turns = [fillRound().then(tell('first')), sharedRound()?.then(tell('second'))];
  setImmediate(tell('another'));
  tell('at once')();
  await Promise.all(turns);
  expect(told.filter((what) => what !== 'another')).toEqual(['at once', 'first', 'second']);
});

test('what comes while others wait, waits behind them', async () => {
  const told: number[] = [];
  const turns = [fillRound(), ...[2, 3, 4].map(() => sharedRound())];
  await Promise.all(turns.map((turn, index) => turn?.then(() => told.push(index))));
  expect(told).toEqual([0, 1, 2, 3]);
});

test('one that fails holds up nobody', async () => {
  const failing = fillRound().then(() => Promise.reject(new Error('too bad')));
  const next = sharedRound();
  await expect(failing).rejects.toThrow('too bad');
  await next;
  expect(next).toBeInstanceOf(Promise);
});

test('where nobody waits there is room at once', async () => {
  await fillRound();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sharedRound()).toBeUndefined();
});
