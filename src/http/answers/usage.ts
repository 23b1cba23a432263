import type { RuleUsage } from '../../engine/rulebook/rule-usage';
import { type CountedRule, loadUsage } from '../../store/reports/rule-usage';
import type { Context } from '../context';

/** Returns resources with how much of each is used; `countedAs` says what is counted, `undefined` that nothing is. */
export async function withUsage<T extends { id: string; usage?: RuleUsage }>(
  { db, providerId }: Context,
  resources: readonly T[],
  countedAs: (resource: T) => CountedRule | undefined,
): Promise<T[]> {
  const usage = await loadUsage(
    db,
    providerId,
    resources.flatMap((resource) => countedAs(resource) ?? []),
  );
  return resources.map((resource) => ({
    ...resource,
    ...(usage.has(resource.id) && { usage: usage.get(resource.id) }),
  }));
}

/** Returns one resource with how much of it is used. */
export async function withItsUsage<T extends { id: string; usage?: RuleUsage }>(
  context: Context,
  resource: T | undefined,
  countedAs: (resource: T) => CountedRule | undefined,
): Promise<T | undefined> {
  return resource && (await withUsage(context, [resource], countedAs))[0];
}
