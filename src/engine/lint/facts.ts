import type { Rulebook } from '../rulebook/rulebook';
import { type LintFacts, MOST_RIVALS, rivalsOf } from './rule';

/** Returns what the checks must know of all rules of a provider; codes are no part of a rulebook. */
export function factsOfRulebook(rulebook: Rulebook): Omit<LintFacts, 'withCodes'> {
  const { provider, plans } = rulebook;
  const orders = [...rulebook.discounts()].filter(
    (rule) => rule.scope === 'order' && rule.isActive && rule.promotion?.isActive !== false,
  );
  const exclusives = [...rulebook.promotions()].filter(({ exclusive, isActive }) => exclusive && isActive);
  return {
    combination: provider.settings.combination ?? 'best',
    hasPlans: plans.size > 0,
    plans,
    tagsOfPlans: new Set([...plans.values()].flatMap(({ tags }) => tags ?? [])),
    exclusives: exclusives
      .map(({ source }) => source)
      .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
      .slice(0, MOST_RIVALS),
    ...rivalsOf(orders.map(({ source, promotion }) => ({ discount: source, promotion: promotion?.source }))),
  };
}
