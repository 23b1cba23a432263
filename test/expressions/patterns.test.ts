import { RE2JS } from 're2js';
import { compilePattern } from '../../src/expressions/values/patterns';

test.each([
  ['a thousand repetitions', '(a?){1000}'],
  ['many, one after the other', '(a?){1000}'.repeat(200)],
  ['more than RE2 would read', '(a?){1000}'.repeat(400)],
  ['many, one in the other', '(?:(?P<inner>a?){30}){30}'.repeat(100)],
  ['many of a class', '[^\\]a-z]{500,1000}'.repeat(50)],
  ['many behind a quoted text', '\\Q(\\E{1000}'.repeat(30)],
  ['no repetition, but a long list', Array.from({ length: 2_000 }, (_, n) => `a*${n}`).join('|')],
])('a pattern with %s is too large, and is not compiled in full to tell', (_name, source) => {
  expect(() => compilePattern(source)).toThrow('the pattern is too large');
});

// What looks like a repetition, and is none, does not make a pattern large.
test.each([
  ['\\x{10000}\\x{10FFFF}', '\u{10000}\u{10FFFF}'],
  ['[{99999}]{2}', '{9'],
  ['[]{99999}]{2}', ']9'],
  ['[[:alpha:]{99999}]+', 'abc'],
  ['\\Qa{99999}\\E', 'a{99999}'],
  ['a\\{99999}', 'a{99999}'],
  ['a{,99999}', 'a{,99999}'],
  ['(?i)(?P<n>A){2}(?:b){0,3}', 'aaBB'],
  ['(a|b){0}c', 'c'],
])('%s is found in %s', (source, text) => {
  expect(compilePattern(source).isIn(text, { take: () => undefined } as never)).toBe(true);
});

test.each([
  '(',
  ')',
  ')))',
  '[',
  '\\',
  '\\p{',
  '(?<',
  'a{2}{3}{',
  '(?<x',
  '[[:',
  '*',
  'a{9999}',
])('what RE2 does not read is refused in its words: %s', (source) => {
  const refusal = (make: () => unknown): string => {
    try {
      make();
      return 'none';
    } catch (error) {
      return String(error);
    }
  };
  expect(refusal(() => compilePattern(source))).toBe(refusal(() => RE2JS.compile(source)));
});
