import type { Condition } from '../conditions/index';

/** A condition with its place in the resource. */
export interface Placed {
  readonly condition: Condition;
  readonly at: string;
}

/** Conditions of which one is enough. */
export type Alternatives = readonly Placed[];

/** Returns the groups of a list of conditions; with `one`, those without a group are one group (a global discount). */
export function groupsOf(
  conditions: readonly Condition[] | undefined,
  at: string,
  ungrouped: 'each' | 'one' = 'each',
): Alternatives[] {
  const named = new Map<string, Placed[]>();
  const groups: Placed[][] = [];
  for (const [index, condition] of (conditions ?? []).entries()) {
    const placed = { condition, at: `${at}/conditions/${index}` };
    const key = condition.group === undefined ? ungrouped === 'one' && '' : `g${condition.group}`;
    const known = key === false ? undefined : named.get(key);
    if (known !== undefined) {
      known.push(placed);
      continue;
    }
    const group = [placed];
    groups.push(group);
    if (key !== false) named.set(key, group);
  }
  return groups;
}

/** Returns the conditions that must hold: those that are alone in their group. */
export function requiredOf(groups: readonly Alternatives[]): Placed[] {
  return groups.filter(({ length }) => length === 1).flat();
}

const NOT_SAID: ReadonlySet<string> = new Set([
  'id',
  'version',
  'createdAt',
  'updatedAt',
  'group',
  'negate',
  'warnings',
]);

/** Equal for conditions that say the same, whether negated or not. */
export function contentOf(condition: Condition): string {
  return JSON.stringify(sorted(Object.fromEntries(Object.entries(condition).filter(([name]) => !NOT_SAID.has(name)))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** Returns whether the `stronger` groups can only hold where the `weaker` ones do; `false` where that can't be told. */
export function groupsImply(stronger: readonly Alternatives[], weaker: readonly Alternatives[]): boolean {
  const said = (group: Alternatives) =>
    new Set(group.map(({ condition }) => `${condition.negate ?? false} ${contentOf(condition)}`));
  const known = stronger.map(said);
  return weaker.every((group) => {
    const enough = said(group);
    return known.some((alternatives) => [...alternatives].every((content) => enough.has(content)));
  });
}
