import fc from 'fast-check';
import { jsonError } from '../../../src/http/answers/json-error';

describe('where a text ceases to be JSON', () => {
  test.each([
    ['', 'line 1, column 1: expected a value, the text ends'],
    ['{"a": 1,}', 'line 1, column 9: expected a name, found "}"'],
    ['{"a" 1}', 'line 1, column 6: expected ":", found "1"'],
    ['{"a": }', 'line 1, column 7: expected a value, found "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected "," or "}", found "\\""'],
    ['[1, 2', 'line 1, column 6: expected "," or "]", the text ends'],
    ["{'a': 1}", 'line 1, column 2: expected a name or "}", found "\'"'],
    ['{} {}', 'line 1, column 4: expected the end, found "{"'],
    ['[tru]', 'line 1, column 2: expected a value or "]", found "t"'],
    ['["a\nb"]', 'line 1, column 2: expected a value or "]", found "\\""'],
    ['{"a": 1]', 'line 1, column 8: expected "," or "}", found "]"'],
  ])('%j', (text, place) => {
    expect(jsonError(text)).toBe(place);
  });

  test('JSON that is cut off anywhere ends too early, and whole JSON is read to its end', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        expect(jsonError(json)).toContain('expected the end, the text ends');
        const part = `[${json}`.slice(0, 1 + (cut % (json.length + 1)));
        expect(jsonError(part)).toMatch(/^line \d+, column \d+: expected (?!the end)/);
      }),
    );
  });

  test('a body of a megabyte of brackets is no trouble', () => {
    expect(jsonError('['.repeat(1_000_000))).toBe('line 1, column 1000001: expected a value or "]", the text ends');
    expect(jsonError(`"${'\\n'.repeat(500_000)}`)).toBe('line 1, column 1: expected a value, found "\\""');
    expect(jsonError(`"${'x'.repeat(1_000_000)}`)).toBe('line 1, column 1: expected a value, found "\\""');
    expect(jsonError(`["${'x\\n'.repeat(300_000)}\n"]`)).toContain('expected a value');
  });
});
