import type { Condition } from '../../engine/conditions/index';
import type { Discount } from '../../engine/rulebook/discount';
import type { Promotion } from '../../engine/rulebook/promotion';
import type { RelatedProduct } from '../../engine/rulebook/related-product';
import type { UpgradePath } from '../../engine/rulebook/upgrade-path';
import type { Plan } from '../../engine/vocabulary/plan';
import type { AuditedChange, AuditedType } from '../audit-log';
import { type RuleResources, type WrittenIds, writtenBy } from './resources';

/** What a write has written, and of it what need not be read again. */
export interface WrittenRules {
  readonly ids: WrittenIds;
  readonly known?: Pick<RuleResources, 'promotions' | 'relatedProducts' | 'upgradePaths' | 'plans'>;
}

/** Returns what changes have written; they say whole what has become of it, unless only a part was written. */
export function rulesWrittenBy(changes: readonly AuditedChange[]): WrittenRules {
  const ids = writtenBy(changes);
  const ofParts = writtenBy(changes.filter(({ resourceType }) => resourceType === 'discount')).promotion;
  const last = <R>(type: AuditedType): R[] => {
    const states = new Map(
      changes
        .filter(({ resourceType, resourceId }) => resourceType === type && !ofParts.has(resourceId))
        .map(({ resourceId, after }) => [resourceId, after as R | undefined]),
    );
    return [...states.values()].filter((state) => state !== undefined);
  };
  return {
    ids,
    known: {
      promotions: last<Promotion>('promotion').map((promotion) => ({
        ...withoutDates(promotion),
        discounts: promotion.discounts.map(withoutDates<Discount>),
      })),
      relatedProducts: last<RelatedProduct>('related_product').map(withoutDates),
      upgradePaths: last<UpgradePath>('upgrade_path'),
      plans: last<Plan>('plan'),
    },
  };
}

/** Returns the ids of what is to be read. */
export function unknownIds({ ids, known }: WrittenRules): WrittenIds {
  if (known === undefined) return ids;
  const without = (all: Set<string>, resources: readonly { id: string }[]) =>
    new Set([...all].filter((id) => !resources.some((resource) => resource.id === id)));
  return {
    ...ids,
    promotion: without(ids.promotion, known.promotions),
    relatedProduct: without(ids.relatedProduct, known.relatedProducts),
    upgradePath: without(ids.upgradePath, known.upgradePaths),
    plan: without(ids.plan, known.plans),
  };
}

/** Quotes see conditions without versions and dates. */
function withoutDates<R extends { conditions?: Condition[] }>(resource: R): R {
  const { conditions } = resource;
  if (conditions === undefined) return resource;
  return {
    ...resource,
    conditions: conditions.map(({ version: _, createdAt: __, updatedAt: ___, ...condition }) => condition as Condition),
  };
}
