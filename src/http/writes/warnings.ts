import type { Knex } from 'knex';
import { lint, warningsOf } from '../../engine/lint/lint';
import {
  type LintedRule,
  ruleOfDiscount,
  ruleOfPromoCode,
  ruleOfPromotion,
  ruleOfRelatedProduct,
  ruleOfUpgradePath,
} from '../../engine/lint/rule';
import type { Discount } from '../../engine/rulebook/discount';
import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { Promotion } from '../../engine/rulebook/promotion';
import type { RelatedProduct } from '../../engine/rulebook/related-product';
import type { UpgradePath } from '../../engine/rulebook/upgrade-path';
import type { Warning } from '../../engine/vocabulary/warning';
import type { AuditedType } from '../../store/audit-log';
import { getPromotion } from '../../store/catalog/promotions';
import { lintFacts } from '../../store/lint/facts';
import type { Context } from '../context';

/** A rule with the place in it that is looked at. */
interface Place {
  readonly rule: LintedRule;
  readonly at: string;
}

/** Returns a resource as it was written, with the likely mistakes in it where it is a rule. */
export async function withWarnings<T extends object>(
  context: Pick<Context, 'providerId'>,
  trx: Knex.Transaction,
  type: AuditedType,
  resource: T,
): Promise<T> {
  return warned(resource, await warningsAt(context, trx, { type, resource, part: '' }));
}

/** Returns the likely mistakes in a part of a resource, with their pointers in that part. */
export async function warningsAt(
  { providerId }: Pick<Context, 'providerId'>,
  trx: Knex.Transaction,
  { type, resource, part }: { type: AuditedType; resource: object; part: string },
): Promise<Warning[]> {
  const place = await placeOf(trx, providerId, type, resource);
  if (place === undefined) return [];
  const { rule, at } = place;
  return warningsOf(lint(rule, await lintFacts(trx, providerId, rule)), `${at}${part}`);
}

/** Returns the same resource with warnings; without where there are none. */
export function warned<T extends object>(resource: T, warnings: Warning[]): T {
  return warnings.length === 0 ? resource : { ...resource, warnings };
}

async function placeOf(
  trx: Knex.Transaction,
  providerId: string,
  type: AuditedType,
  resource: object,
): Promise<Place | undefined> {
  switch (type) {
    case 'promotion':
      return { rule: ruleOfPromotion(resource as Promotion), at: '' };
    case 'discount':
      return placeOfDiscount(trx, providerId, resource as Discount);
    case 'related_product':
      return { rule: ruleOfRelatedProduct(resource as RelatedProduct), at: '' };
    case 'upgrade_path':
      return { rule: ruleOfUpgradePath(resource as UpgradePath), at: '' };
    case 'promo_code': {
      const code = resource as PromoCode;
      const isDated = code.startsAt !== undefined || code.endsAt !== undefined;
      const promotion = isDated ? await getPromotion(trx, providerId, { id: code.promotionId }) : undefined;
      return { rule: ruleOfPromoCode(code, promotion), at: '' };
    }
    default:
      return undefined;
  }
}

/** A discount of a promotion is looked at as a part of it. */
async function placeOfDiscount(trx: Knex.Transaction, providerId: string, discount: Discount): Promise<Place> {
  const { id, promotionId } = discount;
  const promotion = promotionId === undefined ? undefined : await getPromotion(trx, providerId, { id: promotionId });
  if (promotion === undefined) return { rule: ruleOfDiscount(discount), at: '' };
  return {
    rule: ruleOfPromotion(promotion),
    at: `/discounts/${promotion.discounts.findIndex((one) => one.id === id)}`,
  };
}
