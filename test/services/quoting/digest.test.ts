import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digestOf, textOf } from '../../../src/services/quoting/digest';

/** The same JSON in other spellings, some of them what `JSON.stringify` writes. */
const spelled = fc
  .tuple(
    fc.jsonValue(),
    fc.constantFrom(
      (text: string) => text,
      (text: string) => JSON.stringify(JSON.parse(text), null, 1),
      (text: string) => text.replace(/[a-z]/, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
      (text: string) => text.replace(/([[,:])(\d+)(?=[\],}])/, '$1$2.0'),
      (text: string) => text.replace(/([[,:])0(?=[\],}])/, '$1-0'),
      (text: string) => text.replace(/([[,:])(\d+)(?=[\],}])/, '$1$2e0'),
      (text: string) => text.replace(/([[,:])(\d+)(?=[\],}])/, '$1$2000000000000000'),
    ),
  )
  .map(([value, spell]) => spell(JSON.stringify(value)))
  .filter((text) => isJson(text));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('a body has one text, however it was spelled', () => {
  fc.assert(
    fc.property(spelled, (text) => {
      const value = JSON.parse(text);
      expect(textOf(value, text)).toBe(JSON.stringify(value));
    }),
    { numRuns: 3_000 },
  );
});

test('names that are numbers are put in order', () => {
  const value = JSON.parse('{"10":1,"9":2}');
  expect(textOf(value, '{"10":1,"9":2}')).toBe('{"9":2,"10":1}');
});

test('a body that came as stringify writes it is taken as it is', () => {
  const text = '{"currency":"EUR","lines":[{"id":"a b","quantity":2,"open":true,"none":null,"zero":0,"below":-7}]}';
  expect(textOf('not looked at', text)).toBe(text);
});

test('a long number or a long list is no trouble', () => {
  for (const text of [`[${'1'.repeat(1_000_000)}]`, `[${'0,'.repeat(500_000)}0]`, `"${'x'.repeat(1_000_000)}"`]) {
    const value = JSON.parse(text);
    expect(textOf(value, text)).toBe(JSON.stringify(value));
  }
});

test('without the received text it is written anew', () => {
  expect(textOf({ a: [1.0, 'ä'] }, undefined)).toBe('{"a":[1,"ä"]}');
});

test.each([
  10, 20_000,
])('the digest of a request of %d characters is the hash of all that decides its quote', (length) => {
  const request = JSON.stringify('ä'.repeat(length));
  const wanted = createHash('sha256').update(`acme\n12\n1700000000000\n${request}`).digest('hex');
  expect(digestOf('acme', 12, 1_700_000_000_000, request)).toBe(wanted);
});
