import type { UpgradePath } from '../../../src/engine/rulebook/upgrade-path';
import { upgradeGraph } from '../../../src/engine/transitions/upgrade-graph';
import type { Tag } from '../../../src/engine/vocabulary/tag';

const made = { version: 1, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
const tags = (names: string[]): Tag[] => names.map((name) => ({ id: `id of ${name}`, name, ...made }));
const path = (source: string, target: string, fields: Partial<UpgradePath> = {}): UpgradePath => ({
  id: `${source} to ${target}`,
  name: 'Path',
  texts: { en: { title: 'Path' } },
  sources: [source],
  targets: [target],
  transition: 'next_booking',
  ...made,
  ...fields,
});

test('a chain has no cycle and one dead end', () => {
  const graph = upgradeGraph(tags(['a', 'b', 'c', 'alone']), [path('a', 'b'), path('b', 'c')]);
  expect(graph.cycles).toEqual([]);
  expect(graph.deadEnds).toEqual(['c']);
  expect(graph.nodes).toHaveLength(4);
});

test('two cycles that touch are one, two apart are two, in the order of the tags', () => {
  const paths = [
    path('a', 'b'),
    path('b', 'a'),
    path('b', 'c'),
    path('c', 'b'),
    path('c', 'd'),
    path('e', 'f'),
    path('f', 'e'),
  ];
  const graph = upgradeGraph(tags(['f', 'e', 'd', 'c', 'b', 'a']), paths);
  expect(graph.cycles).toEqual([
    ['f', 'e'],
    ['c', 'b', 'a'],
  ]);
  expect(graph.deadEnds).toEqual(['d']);
});

test('a paused path is drawn and does not count, a draft or an archived one is not drawn', () => {
  const graph = upgradeGraph(tags(['a', 'b']), [
    path('a', 'b'),
    path('b', 'a', { status: 'paused' }),
    path('b', 'a', { status: 'draft' }),
    path('b', 'a', { status: 'archived' }),
  ]);
  expect(graph.edges.map(({ status }) => status)).toEqual(['active', 'paused']);
  expect(graph.cycles).toEqual([]);
  expect(graph.deadEnds).toEqual(['b']);
});

test('a path of many sources and targets closes a cycle over all that it names', () => {
  const [sources, targets] = [0, 1].map((side) => Array.from({ length: 100 }, (_, index) => `${side} ${index}`));
  const wide = path('', '', { sources: sources as string[], targets: targets as string[] });
  const graph = upgradeGraph(tags([...wide.sources, ...wide.targets]), [wide, path('1 7', '0 3')]);
  expect(graph.edges).toHaveLength(10_001);
  expect(graph.cycles).toEqual([['0 3', '1 7']]);
});

test('more edges or tags than an answer can hold are refused with their number', () => {
  const [sources, targets] = [0, 1].map((side) => Array.from({ length: 100 }, (_, index) => `${side} ${index}`));
  const wide = path('', '', { sources: sources as string[], targets: targets as string[] });
  expect(upgradeGraph([], [wide, wide]).edges).toHaveLength(20_000);
  expect(() => upgradeGraph([], [wide, wide, path('a', 'b')])).toThrow('20001 edges');
  const names = Array.from({ length: 20_001 }, (_, index) => `tag ${index}`);
  expect(() => upgradeGraph(tags(names), [])).toThrow('20001 nodes');
});

test('a chain that is longer than the call stack', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `tag ${index}`);
  const chain = names.slice(1).map((name, index) => path(`tag ${index}`, name));
  expect(upgradeGraph(tags(names), chain).deadEnds).toEqual(['tag 19999']);
  const circle = upgradeGraph(tags(names.slice(1)), [...chain.slice(1), path('tag 19999', 'tag 1')]);
  expect(circle.cycles.map((group) => group.length)).toEqual([19_999]);
  expect(circle.deadEnds).toEqual([]);
});
