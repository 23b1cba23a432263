import type { CodeFact } from '../../src/engine/judging/facts';
import type { Catalog } from '../../src/engine/rulebook/saved';
import { normalizeCode } from '../../src/engine/vocabulary/code-form';
import type { Reason } from '../../src/engine/vocabulary/reasons';
import { isWithin } from './calendar';
import { discountRefusal, promotionRefusal, type Rule, type Setting } from './rules';

/** A promo code of the request, and what the model says of it. */
export interface JudgedCode {
  code: string;
  promotionId: string;
  takesPlace: boolean;
  reason?: Reason;
}

/** Judges the codes in the request's order: a duplicate counts once, and one that applies takes a place. */
export function judgeCodes(
  catalog: Catalog,
  rules: readonly Rule[],
  setting: Setting,
  overdrawn: ReadonlySet<string>,
): JudgedCode[] {
  const judged: JudgedCode[] = [];
  const seen = new Set<string>();
  let places = catalog.provider.settings.maxPromoCodes;
  for (const sent of setting.request.promoCodes ?? []) {
    const normal = normalizeCode(sent);
    if (seen.has(normal)) continue;
    seen.add(normal);
    const fact = setting.facts.codes.get(normal);
    const refusal = codeRefusal(fact, catalog, rules, setting, overdrawn);
    const reason = refusal ?? (places === 0 ? 'one_code_per_order' : undefined);
    if (reason === undefined) places--;
    judged.push({ code: sent.trim(), promotionId: fact?.promotionId ?? '', takesPlace: reason === undefined, reason });
  }
  return judged;
}

/** Why a code does not apply, places aside. */
function codeRefusal(
  code: CodeFact | undefined,
  catalog: Catalog,
  rules: readonly Rule[],
  setting: Setting,
  overdrawn: ReadonlySet<string>,
): Reason | undefined {
  const promotion = catalog.promotions.find(({ id }) => id === code?.promotionId);
  if (code === undefined || promotion === undefined) return 'promo_code_unknown';
  const own = ownRefusal(code, setting);
  if (own !== undefined) return own;
  const promotions = promotionRefusal(promotion, setting, true, overdrawn);
  if (promotions !== undefined) return promotions;
  const refusals = rules
    .filter((rule) => rule.promotion === promotion)
    .sort((a, b) => (a.discount.id < b.discount.id ? -1 : 1))
    .map((rule) => discountRefusal(rule, setting, true));
  // Of several discounts the first one tells why, unless it only has no line.
  return refusals.includes(undefined)
    ? undefined
    : (refusals.find((reason) => reason !== 'no_matching_line') ?? 'no_matching_line');
}

function ownRefusal(code: CodeFact, { request, at, facts }: Setting): Reason | undefined {
  const customerId = request.customer?.id;
  if (code.status !== 'active') return 'promotion_inactive';
  if (!isWithin(at, { startsAt: code.startsAt })) return 'promo_code_not_started';
  if (!isWithin(at, code)) return 'promo_code_expired';
  if (code.customerId !== undefined && code.customerId !== customerId) return 'promo_code_not_yours';
  const isUsedUp = code.maxRedemptions !== undefined && code.redemptions >= code.maxRedemptions;
  const isUsedByCustomer =
    customerId !== undefined &&
    code.maxRedemptionsPerCustomer !== undefined &&
    code.customerRedemptions >= code.maxRedemptionsPerCustomer;
  if (isUsedUp || isUsedByCustomer) return 'promo_code_used_up';
  const needsCustomer = code.maxRedemptionsPerCustomer !== undefined && facts.redeeming;
  return needsCustomer && customerId === undefined ? 'missing_fact' : undefined;
}
