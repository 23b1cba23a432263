import type { TransitionKind, UpgradePath } from '../rulebook/upgrade-path';
import { RequestRefused } from '../vocabulary/problem';
import { type Id, isActive, type Status, type Term } from '../vocabulary/resource';
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

/**
 * Tags that all lead to each other; a subscription can cycle there forever.
 * @maxItems 20000
 */
export type UpgradeCycle = Term[];

/** The provider's tags and upgrade paths as a graph. */
export interface UpgradeGraph {
  /**
   * Every tag, in the order of their creation.
   * @maxItems 20000
   */
  nodes: UpgradeGraphNode[];
  /**
   * Every pair of a source and a target of every path that is active or paused.
   * @maxItems 20000
   */
  edges: UpgradeGraphEdge[];
  /**
   * Groups of tags that all lead to each other.
   * @maxItems 10000
   */
  cycles: UpgradeCycle[];
  /**
   * Tags that a path leads to and none leads away from.
   * @maxItems 20000
   */
  deadEnds: Term[];
}

/** The graph to search: tags, and the paths between them. */
type Node = Term | UpgradePath;

/** This many edges take about four megabytes; a larger graph must be read path by path. */
const MOST_EDGES = 20_000;
const MOST_NODES = 20_000;

/** Builds the graph of a provider's tags and upgrade paths; refused where it has more of them than an answer can hold. */
export function upgradeGraph(tags: readonly Tag[], paths: readonly UpgradePath[]): UpgradeGraph {
  const drawn = paths.filter(({ status }) => status !== 'draft' && status !== 'archived');
  const edges = drawn.reduce((sum, { sources, targets }) => sum + sources.length * targets.length, 0);
  refuseTooMany('edges', edges, MOST_EDGES);
  refuseTooMany('nodes', tags.length, MOST_NODES);
  const active = drawn.filter(isActive);
  const left = new Set(active.flatMap(({ sources }) => sources));
  const entered = new Set(active.flatMap(({ targets }) => targets));
  const names = tags.map(({ name }) => name);
  return {
    nodes: tags.map(({ id, name }) => ({ tagId: id, tag: name })),
    edges: drawn.flatMap(edgesOf),
    cycles: cyclesOf(names, active),
    deadEnds: names.filter((name) => entered.has(name) && !left.has(name)),
  };
}

function refuseTooMany(parts: string, count: number, most: number): void {
  if (count <= most) return;
  const detail = `The graph has ${count} ${parts}; at most ${most} are drawn. List the upgrade paths instead.`;
  throw new RequestRefused('answer_too_large', [{ pointer: '', code: 'answer_too_large', detail }]);
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

/**
 * Tags that lead to each other (the strongly connected components of more than one tag), in the order of the tags. Each
 * path is a node of its own, so that the work grows with the tags that it names, not with their pairs.
 */
function cyclesOf(names: readonly Term[], paths: readonly UpgradePath[]): Term[][] {
  const next = new Map<Node, Node[]>(names.map((name) => [name, []]));
  const previous = new Map<Node, Node[]>(names.map((name) => [name, []]));
  for (const path of paths) {
    next.set(path, path.targets);
    previous.set(path, path.sources);
    for (const source of path.sources) next.get(source)?.push(path);
    for (const target of path.targets) previous.get(target)?.push(path);
  }
  const seen = new Set<Node>();
  const order = names.flatMap((name) => finishOrder(name, next, seen));
  const placed = new Set<Node>();
  const groups = order.toReversed().map((node) => finishOrder(node, previous, placed));
  const place = new Map<Node, number>(names.map((name, index) => [name, index]));
  const placeOf = (name: Term | undefined) => place.get(name ?? '') ?? 0;
  return groups
    .map((group) => group.filter((node) => typeof node === 'string').sort((a, b) => placeOf(a) - placeOf(b)))
    .filter((group) => group.length > 1)
    .sort((a, b) => placeOf(a[0]) - placeOf(b[0]));
}

/** Returns what is reached from a node and not seen before, each after everything that is reached from it (Kosaraju). */
function finishOrder(start: Node, next: ReadonlyMap<Node, readonly Node[]>, seen: Set<Node>): Node[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const finished: Node[] = [];
  // A stack of its own: a chain of tags may be longer than the call stack.
  const stack = [{ node: start, open: [...(next.get(start) ?? [])] }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.open.pop();
    if (node === undefined) {
      finished.push(top.node);
      stack.pop();
    } else if (!seen.has(node)) {
      seen.add(node);
      stack.push({ node, open: [...(next.get(node) ?? [])] });
    }
  }
  return finished;
}
