import { periodKey } from '../time/calendar';
import { choiceKey } from '../vocabulary/attributes';
import type { Selector, ServiceLists } from '../vocabulary/selector';

/** Returns whether whatever matches `narrow` matches `wide`, too; `false` where that can't be told. */
export function selectorImplies(narrow: Selector | undefined, wide: Selector | undefined): boolean {
  if (wide === undefined) return true;
  if ((narrow?.minQuantity ?? 1) < (wide.minQuantity ?? 1)) return false;
  if (wide.unitPrice !== undefined && JSON.stringify(wide.unitPrice) !== JSON.stringify(narrow?.unitPrice))
    return false;
  const own = listsOf(narrow);
  const excluded = listsOf(narrow?.exclude);
  return (
    [...listsOf(wide)].every(([name, values]) => isSubset(own.get(name), values)) &&
    [...listsOf(wide.exclude)].every(([name, values]) => isSubset(values, excluded.get(name)))
  );
}

/** Returns the list of which a selector leaves out every entry, so that it matches nothing. */
export function emptiedList(selector: Selector | undefined): string | undefined {
  const excluded = listsOf(selector?.exclude);
  return [...listsOf(selector)].find(
    ([name, values]) => values.size === 0 || isSubset(values, excluded.get(name)),
  )?.[0];
}

/** Returns every list by its place in the selector. */
function listsOf(lists: ServiceLists | undefined): Map<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  if (lists === undefined) return found;
  const { serviceTypes, plans, planGroups, addons, tags, actions, periods, attributes } = lists;
  for (const [name, values] of Object.entries({ serviceTypes, plans, planGroups, addons, tags, actions })) {
    if (values !== undefined) found.set(name, new Set(values));
  }
  if (periods !== undefined) found.set('periods', new Set(periods.map((period) => `${periodKey(period)}`)));
  for (const [name, values] of Object.entries(attributes ?? {})) {
    found.set(`attributes/${name}`, new Set(values.map(choiceKey)));
  }
  return found;
}

function isSubset(some: ReadonlySet<string> | undefined, all: ReadonlySet<string> | undefined): boolean {
  return some !== undefined && all !== undefined && [...some].every((value) => all.has(value));
}
