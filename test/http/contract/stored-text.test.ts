import fc from 'fast-check';
import { findInvalidText, findTooDeep } from '../../../src/http/contract/stored-text';

/** JSON texts with every kind of character, some of them escaped. */
const texts = fc.jsonValue({ depthSize: 'medium', stringUnit: 'binary' }).map((value) => JSON.stringify(value));
const pieces = fc.constantFrom(
  '"',
  '\\',
  '\\u',
  '\\\\u',
  '0000',
  'd800',
  'é',
  '\0',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  'a',
  '1',
);
const mixed = fc.array(pieces, { maxLength: 12 }).map((parts) => `{"a":"${parts.join('')}"}`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('what can be stored', () => {
  test('a text without a \\u in its JSON can be', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.oneof(texts, mixed), (text) => {
        const body = parsed(text);
        if (body === undefined || text.includes('\\u')) return;
        plain += 1;
        expect(findInvalidText(body)).toEqual(findTooDeep(body));
      }),
      { numRuns: 2_000 },
    );
    expect(plain).toBeGreaterThan(200);
  });

  test('whatever the bytes are, as UTF-8 they have no half of a surrogate pair', () => {
    const surrogates = fc.constantFrom([0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x9f, 0x9a, 0x80]);
    const bytes = fc
      .array(fc.oneof(fc.array(fc.integer({ min: 1, max: 255 })), surrogates))
      .map((parts) => parts.flat());
    fc.assert(
      fc.property(bytes, (found) => {
        expect(findInvalidText(Buffer.from(found).toString())).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  test('a NUL that is not escaped is no JSON', () => {
    expect(() => JSON.parse('"\0"')).toThrow(SyntaxError);
  });

  test.each([63, 64, 65, 100_000])('nested %i deep is judged alike', (depth) => {
    for (const text of [`${'['.repeat(depth)}${']'.repeat(depth)}`, `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`]) {
      const body = JSON.parse(text);
      const found = findTooDeep(body);
      expect(found).toEqual(findInvalidText(body));
      expect(found?.code).toBe(depth > 64 ? 'too_deep' : undefined);
    }
  });
});
