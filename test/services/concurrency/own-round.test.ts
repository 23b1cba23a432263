import { inOwnRound, ownRound } from '../../../src/services/concurrency/own-round';

test('large requests run one after the other, with rounds for others in between', async () => {
  const told: string[] = [];
  let rounds = 0;
  const small = (): void => {
    rounds += 1;
    if (told.length < 3) setImmediate(small);
  };
  small();
  inOwnRound(() => told.push(`first ${rounds > 0}`));
  inOwnRound(() => told.push('second'));
  const before = rounds;
  await ownRound();
  told.push('third');
  expect(told).toEqual(['first true', 'second', 'third']);
  expect(rounds - before).toBeGreaterThan(100);
});
