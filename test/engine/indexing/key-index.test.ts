import fc from 'fast-check';
import { KeyIndex } from '../../../src/engine/indexing/key-index';
import { KEY_KINDS, type KeyKind, type Keys } from '../../../src/engine/vocabulary/keys';

interface Rule {
  readonly id: number;
  readonly keys: readonly Keys[] | undefined;
}

const value = fc.constantFrom('a', 'b', 'c');
const kind = fc.constantFrom(...KEY_KINDS);
const keys: fc.Arbitrary<Keys> = fc.record({ kind, values: fc.array(value, { maxLength: 4 }) });
const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.option(fc.array(keys, { maxLength: 3 }), { nil: undefined }), { maxLength: 12 })
  .map((list) => list.map((one, id) => ({ id, keys: one })));
const brought = fc.dictionary(kind, fc.uniqueArray(value));

function indexOf(list: readonly Rule[]): KeyIndex<Rule> {
  const index = new KeyIndex<Rule>();
  for (const rule of list) index.add({ rule, keys: rule.keys });
  return index;
}

test('rules are found by any of their keys, each once, however often a key is written', () => {
  fc.assert(
    fc.property(rules, brought, (list, cart) => {
      const broughtBy = (wanted: KeyKind): readonly string[] => cart[wanted] ?? [];
      const found = indexOf(list).find(broughtBy);
      const wanted = list.filter(
        (rule) =>
          rule.keys?.some(({ kind: one, values }) => values.some((key) => broughtBy(one).includes(key))) ?? true,
      );
      expect(found.map(({ id }) => id).sort((a, b) => a - b)).toEqual(wanted.map(({ id }) => id));
    }),
    { numRuns: 500 },
  );
});

test('what was found belongs to who asked for it', () => {
  const index = indexOf([
    { id: 1, keys: undefined },
    { id: 2, keys: [{ kind: 'tag', values: ['a'] }] },
  ]);
  const first = index.find(() => ['a']) as unknown[];
  first.length = 0;
  expect(index.find(() => ['a'])).toHaveLength(2);
});
