import { GuessBook } from '../../../src/services/limits/guess-book';

const START = Date.UTC(2026, 10, 26);
const SECOND = 1_000;
const codes = (count: number, prefix = 'C') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

test('different codes count, the same one again does not', () => {
  const book = new GuessBook();
  expect(book.reserve('ann', ['A', 'B'], 3, START)).toEqual({ allowed: 2, retryAfter: 0 });
  expect(book.reserve('ann', ['B', 'A'], 3, START)).toEqual({ allowed: 2, retryAfter: 0 });
  expect(book.reserve('ann', ['C'], 3, START)).toEqual({ allowed: 1, retryAfter: 0 });
  expect(book.reserve('ann', ['A'], 3, START)).toEqual({ allowed: 0, retryAfter: 600 });
  expect(book.reserve('bob', ['A'], 3, START)).toEqual({ allowed: 1, retryAfter: 0 });
});

test('of a request with more codes than are left, the first ones are looked up', () => {
  expect(new GuessBook().reserve('ann', codes(10), 4, START)).toEqual({ allowed: 4, retryAfter: 600 });
});

test('a code that turns out to be known counts no more', () => {
  const book = new GuessBook();
  book.reserve('ann', ['GOOD', 'BAD'], 2, START);
  expect(book.reserve('ann', ['NEXT'], 2, START).allowed).toBe(0);
  book.release('ann', ['GOOD']);
  expect(book.reserve('ann', ['NEXT'], 2, START).allowed).toBe(1);
});

test('each counts for ten minutes: as many as become free may be looked up', () => {
  const book = new GuessBook();
  book.reserve('ann', codes(2, 'EARLY'), 5, START);
  book.reserve('ann', codes(3, 'LATE'), 5, START + 100 * SECOND);
  expect(book.reserve('ann', ['X'], 5, START + 599 * SECOND)).toEqual({ allowed: 0, retryAfter: 1 });
  expect(book.reserve('ann', codes(5, 'X'), 5, START + 600 * SECOND)).toEqual({ allowed: 2, retryAfter: 100 });
});

test('guessers without number cost a bounded memory, and those of the moment are remembered', () => {
  const book = new GuessBook();
  for (let guesser = 0; guesser < 30_000; guesser++) book.reserve(String(guesser), ['A'], 1, START);
  expect(book.reserve('29999', ['B'], 1, START).allowed).toBe(0);
  expect(book.reserve('0', ['B'], 1, START).allowed).toBe(1);
});
