import type { Condition } from '../../../src/engine/conditions';
import { parseMoney } from '../../../src/engine/money/money';
import type { Promotion } from '../../../src/engine/rulebook/promotion';
import { isWithin } from '../../reference/calendar';
import { readCart } from '../../reference/cart';
import { judge } from '../../reference/conditions';
import { type Case, cases } from '../../reference/generated/cases';
import { ask, law } from '../../support/laws';

/** The type of what is missing, where it is the only condition that fails and a customer can do something about it. */
function onlyUnmet(promotion: Promotion, { catalog, request, at, facts }: Case): Condition | undefined {
  const lines = readCart(request, at, catalog.plans, catalog.provider.settings.roundingMode);
  const fails = (conditions: readonly Condition[]): boolean =>
    judge(conditions, false, { request, at, lines, facts, rule: promotion, hasCode: false }) !== undefined;
  return promotion.conditions.find((condition, index) => {
    const { group, negate } = condition;
    if (group !== undefined || negate === true || !fails([condition])) return false;
    if (fails(promotion.conditions.toSpliced(index, 1))) return false;
    switch (condition.type) {
      case 'cart_has_service':
        return true;
      case 'cart_total':
        if (condition.amounts[request.currency] === undefined) return false;
        break;
      case 'order_count':
        if (request.customer?.orderCount === undefined) return false;
        break;
      case 'cart_quantity':
        break;
      default:
        return false;
    }
    // Below: more than nothing would be enough.
    const isBelow = !fails([{ ...condition, comparison: 'lt' }]);
    return condition.comparison === 'gte' || condition.comparison === 'eq' ? isBelow : false;
  });
}

function without(given: Case, promotion: Promotion, condition: Condition): Case {
  const conditions = promotion.conditions.filter((one) => one !== condition);
  const promotions = given.catalog.promotions.map((one) => (one === promotion ? { ...promotion, conditions } : one));
  return { ...given, catalog: { ...given.catalog, promotions } };
}

law(
  'nudges tell of what is advertised what a cart would cost without the only condition that it lacks',
  cases,
  (given) => {
    const { at } = given;
    const promotions = given.catalog.promotions.map((promotion) => ({
      ...promotion,
      conditions: promotion.conditions.filter(({ type }) => type !== 'promo_code'),
    }));
    const plain: Case = { ...given, catalog: { ...given.catalog, promotions } };
    const now = parseMoney(ask(plain).totals.total);
    const expected = promotions
      .filter(({ advertise, status = 'active' }) => advertise === true && status === 'active')
      .filter((promotion) => isWithin(at, promotion))
      .flatMap((promotion) => {
        const condition = onlyUnmet(promotion, plain);
        if (condition === undefined) return [];
        const { total } = ask(without(plain, promotion, condition)).totals;
        const saving = BigInt(now) - BigInt(parseMoney(total));
        return saving > 0n ? [{ promotion, type: condition.type, total, saving }] : [];
      })
      .sort((a, b) => {
        const bySaving = a.saving === b.saving ? 0 : b.saving > a.saving ? 1 : -1;
        const byPriority = (b.promotion.priority ?? 0) - (a.promotion.priority ?? 0);
        return bySaving || byPriority || (a.promotion.id < b.promotion.id ? -1 : 1);
      });
    const { nudges = [] } = ask({ ...plain, request: { ...plain.request, nudges: 10 } });
    expect(nudges.map(({ promotionId, missing: { type }, total }) => ({ promotionId, type, total }))).toEqual(
      expected.map(({ promotion: { id }, type, total }) => ({ promotionId: id, type, total })),
    );
  },
);

law('an offer costs what its line costs in the cart, and changes nothing else', cases, (given) => {
  const { request } = given;
  const { offers, ...priced } = ask({ ...given, request: { ...request, offerPrices: true } });
  const { offers: unpriced, ...plain } = ask(given);
  expect(priced).toEqual(plain);
  expect(offers.map(({ price: _, setup: __, line: ___, ...offer }) => offer)).toEqual(unpriced);
  for (const { relatedProductId, line, price, setup } of offers) {
    const product = given.catalog.relatedProducts.find(({ id }) => id === relatedProductId);
    expect(line === undefined).toBe(product?.line?.unitPrices[request.currency] === undefined);
    if (line === undefined) continue;
    const added = ask({
      ...given,
      request: { ...request, lines: [...request.lines, line], subscriptions: [] },
    }).lines.at(-1);
    expect(added).toMatchObject({ ...price, ...(setup !== undefined && { setup }) });
    expect(added?.setup === undefined).toBe(setup === undefined);
  }
});
