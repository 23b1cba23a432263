import type { TransitionKind, UpgradePath } from '../rulebook/upgrade-path';
import type { Id, Status, Term } from '../vocabulary/resource';
import type { Tag } from '../vocabulary/tag';

/** A tag in the graph of upgrade paths. */
export interface UpgradeGraphNode {
  /** The tag's id. */
  tagId: Id;
  /** The tag's name. */
  tag: Term;
}

/** One way from a source tag of a path to a target tag of it. */
export interface UpgradeGraphEdge {
  /** The path. */
  upgradePathId: Id;
  /** The source tag's name. */
  source: Term;
  /** The target tag's name. */
  target: Term;
  /** When the subscription changes over and how it is invoiced. */
  transition: TransitionKind;
  /** Whether the customer may keep the source. */
  optional: boolean;
  /** Only edges of active paths count for cycles and dead ends. */
  status: Status;
}

/** The provider's tags and upgrade paths as a graph. */
export interface UpgradeGraph {
  /** Every tag, in the order of their creation. */
  nodes: UpgradeGraphNode[];
  /** Every pair of a source and a target of every path that is active or paused. */
  edges: UpgradeGraphEdge[];
  /** Groups of tags that all lead to each other; a subscription can go round there for ever. */
  cycles: Term[][];
  /** Tags that a path leads to and none leads away from. */
  deadEnds: Term[];
}

/** The graph of a provider's tags and upgrade paths. */
export function upgradeGraph(tags: readonly Tag[], paths: readonly UpgradePath[]): UpgradeGraph {
  const edges = paths.filter(({ status }) => status !== 'draft' && status !== 'archived').flatMap(edgesOf);
  const names = tags.map(({ name }) => name);
  const next = new Map<Term, Term[]>(names.map((name) => [name, []]));
  const entered = new Set<Term>();
  for (const { source, target, status } of edges) {
    if (status !== 'active') continue;
    next.get(source)?.push(target);
    entered.add(target);
  }
  return {
    nodes: tags.map(({ id, name }) => ({ tagId: id, tag: name })),
    edges,
    cycles: cyclesOf(names, next),
    deadEnds: names.filter((name) => entered.has(name) && next.get(name)?.length === 0),
  };
}

function edgesOf({ id, sources, targets, transition, optional, status }: UpgradePath): UpgradeGraphEdge[] {
  return sources.flatMap((source) =>
    targets.map((target) => ({
      upgradePathId: id,
      source,
      target,
      transition,
      optional: optional ?? false,
      status: status ?? 'active',
    })),
  );
}

/** Tags that lead to each other (the strongly connected components of more than one tag), in the order of the tags. */
function cyclesOf(names: readonly Term[], next: ReadonlyMap<Term, readonly Term[]>): Term[][] {
  const previous = new Map<Term, Term[]>(names.map((name) => [name, []]));
  for (const [source, targets] of next) for (const target of targets) previous.get(target)?.push(source);
  const order: Term[] = [];
  const seen = new Set<Term>();
  for (const name of names) order.push(...finishOrder(name, next, seen));
  const placed = new Set<Term>();
  const groups = order.toReversed().map((name) => new Set(finishOrder(name, previous, placed)));
  const place = new Map(names.map((name, index) => [name, index]));
  return groups
    .filter((group) => group.size > 1)
    .map((group) => names.filter((name) => group.has(name)))
    .toSorted((a, b) => (place.get(a[0] ?? '') ?? 0) - (place.get(b[0] ?? '') ?? 0));
}

/** What is reached from a tag and not seen before, each after everything that is reached from it (Kosaraju). */
function finishOrder(start: Term, next: ReadonlyMap<Term, readonly Term[]>, seen: Set<Term>): Term[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const finished: Term[] = [];
  // A stack of its own: a chain of tags may be longer than the call stack.
  const stack = [{ name: start, open: [...(next.get(start) ?? [])] }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const name = top.open.pop();
    if (name === undefined) {
      finished.push(top.name);
      stack.pop();
    } else if (!seen.has(name)) {
      seen.add(name);
      stack.push({ name, open: [...(next.get(name) ?? [])] });
    }
  }
  return finished;
}
