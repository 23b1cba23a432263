import fc from 'fast-check';
import type { Entry } from '../../../src/engine/indexing/key-index';
import { SharedIndex } from '../../../src/engine/indexing/shared-index';
import { KEY_KINDS, type KeyKind, type Keys } from '../../../src/engine/vocabulary/keys';
import { atOnce } from '../../../src/store/slices';

type Rule = { readonly id: number };

const kind = fc.constantFrom(...KEY_KINDS.slice(0, 3));
const keys: fc.Arbitrary<Keys> = fc.record({
  kind,
  values: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }),
});
/** One rule in a few is so fat that it makes an index which is shared. */
const fat: fc.Arbitrary<Keys> = fc.record({
  kind,
  values: fc
    .constantFrom(0, 3_000)
    .map((from) => ['a', ...Array.from({ length: 1_500 }, (_, index) => `${from + index}`)]),
});
const filing = fc.option(fc.array(fc.oneof({ weight: 3, arbitrary: keys }, fat), { maxLength: 3 }), { nil: undefined });
/** Which rules are replaced, by what; without keys to be filed under they are removed. */
const write = fc.array(fc.tuple(fc.nat(30), fc.option(filing, { nil: 'removed' as const })), { maxLength: 6 });
const brought = fc.dictionary(kind, fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '1', '3001')));

function indexOf(entries: Iterable<Entry<Rule>>): SharedIndex<Rule> {
  return atOnce(SharedIndex.of(entries));
}

test('after any writes an index finds what one that is made anew finds, and those before stay as they were', () => {
  fc.assert(
    fc.property(
      fc.array(filing, { maxLength: 30 }),
      fc.array(write, { maxLength: 12 }),
      brought,
      (first, writes, cart) => {
        const broughtBy = (wanted: KeyKind): readonly string[] => cart[wanted] ?? [];
        const found = (index: SharedIndex<Rule>) =>
          index
            .find(broughtBy)
            .map(({ id }) => id)
            .sort((a, b) => a - b);
        let catalog = new Map<number, Entry<Rule>>(first.map((one, id) => [id, { rule: { id }, keys: one }]));
        let index = indexOf(catalog.values());
        const before: [SharedIndex<Rule>, number[]][] = [];
        for (const changes of writes) {
          before.push([index, found(index)]);
          const written = new Map(changes);
          const next = new Map([...catalog].filter(([id]) => !written.has(id)));
          const gone = [...catalog].flatMap(([id, { rule }]) => (written.has(id) ? [rule] : []));
          const added = [...written].flatMap(([id, one]) => (one === 'removed' ? [] : [{ rule: { id }, keys: one }]));
          for (const entry of added) next.set(entry.rule.id, entry);
          index = atOnce(index.next({ added, gone }, () => next.values()));
          catalog = next;
          expect(found(index)).toEqual(found(indexOf(catalog.values())));
        }
        for (const [old, wanted] of before) expect(found(old)).toEqual(wanted);
      },
    ),
    { numRuns: 200 },
  );
});

test('a write leaves the rules of others where they are filed', () => {
  const values = Array.from({ length: 5_000 }, (_, index) => `plan-${index}`);
  const first: Entry<Rule> = { rule: { id: 0 }, keys: [{ kind: 'plan', values }] };
  const second: Entry<Rule> = { rule: { id: 1 }, keys: [{ kind: 'plan', values }] };
  const index = indexOf([first, second]);
  const added = [{ rule: { id: 2 }, keys: [{ kind: 'plan', values: ['plan-7'] }] as Keys[] }];
  const next = atOnce(
    index.next({ added, gone: [second.rule] }, () => {
      throw new Error('Everything is filed anew');
    }),
  );
  expect(next.find(() => ['plan-7']).map(({ id }) => id)).toEqual([0, 2]);
});

test('many removals do not add up for ever', () => {
  const entries = Array.from({ length: 8_000 }, (_, id) => ({ rule: { id }, keys: undefined }));
  let index = indexOf(entries);
  let anew = 0;
  for (let removed = 1; removed <= 2_500; removed++) {
    const gone = [(entries[removed - 1] as Entry<Rule>).rule];
    index = atOnce(
      index.next({ added: [], gone }, () => {
        anew += 1;
        return entries.slice(removed);
      }),
    );
  }
  expect(anew).toBe(2);
  expect(index.find(() => [])).toHaveLength(5_500);
});

test('many rules that are not filed are stepped over in steps as well', () => {
  const unfiled = Array.from({ length: 10_000 }, () => undefined);
  expect([...SharedIndex.of<Rule>(unfiled)].length).toBeGreaterThan(3);
});
