import type { Check, Finding, LintedRule } from './rule';
import { selectorsOf } from './rule';

/** A plan that a rule names, and where. */
interface NamedPlan {
  readonly plan: string;
  readonly at: string;
}

/** Plans that rules name and nobody registered, though others are. */
export const findUnregisteredPlans: Check = (rule, { hasPlans, plans }) =>
  hasPlans
    ? namedPlans(rule)
        .filter(({ plan }) => !plans.has(plan))
        .map(({ plan, at: pointer }) => ({ pointer, detail: `No plan "${plan}" is registered, though others are.` }))
    : [];

/** Tags of an upgrade path that no registered plan has. */
export const findTagsWithoutPlan: Check = ({ path }, { tagsOfPlans }) =>
  Object.entries({ sources: path?.sources, targets: path?.targets }).flatMap(([side, tags]) =>
    (tags ?? []).flatMap((tag, index): Omit<Finding, 'code'>[] =>
      tagsOfPlans.has(tag)
        ? []
        : [
            {
              pointer: `/${side}/${index}`,
              detail: `No registered plan has the tag "${tag}", so the path is only found where a request brings the tag itself.`,
            },
          ],
    ),
  );

/** Returns every plan that a rule names. */
export function namedPlans(rule: LintedRule): NamedPlan[] {
  const { promotion } = rule;
  const listed = (plans: readonly string[] | undefined, at: string): NamedPlan[] =>
    (plans ?? []).map((plan, index) => ({ plan, at: `${at}/${index}` }));
  return [
    ...listed(promotion?.plans, '/plans'),
    ...selectorsOf(rule).flatMap(({ selector, at }) => [
      ...listed(selector.plans, `${at}/plans`),
      ...listed(selector.exclude?.plans, `${at}/exclude/plans`),
    ]),
  ];
}
