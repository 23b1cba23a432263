import type { Knex } from 'knex';
import { namedPlans } from '../../engine/lint/plans';
import { type LintedRule, type LintFacts, MOST_RIVALS, rivalsOf } from '../../engine/lint/rule';
import type { Promotion } from '../../engine/rulebook/promotion';
import { type DiscountRow, withConditions } from '../catalog/discount-rows';
import { type PromotionRow, promotionsOf, withNested } from '../catalog/promotions';
import { pipelined } from '../database/pipelined';
import { execute, preparedStatement } from '../database/prepared-statement';
import { getProvider } from '../providers/providers';

/** Of more order discounts none is known to be the first of all without reading them. */
const MOST_ORDER_DISCOUNTS = 200;

/** Returns what the checks of one rule must know beside it; a few statements by index, and none for what it does not have. */
export async function lintFacts(db: Knex, providerId: string, rule: LintedRule): Promise<LintFacts> {
  const plans = [...new Set(namedPlans(rule).map(({ plan }) => plan))];
  const tags = [...(rule.path?.sources ?? []), ...(rule.path?.targets ?? [])];
  const { promotion, discounts } = rule;
  const hasOrderDiscount = discounts.some(({ discount }) => discount.scope === 'order');
  const [combination, withCodes, hasPlans, known, tagsKnown, exclusives, rivals] = await pipelined(
    db,
    async () => (hasOrderDiscount ? combinationOf(db, providerId) : 'best'),
    () => promotionsWithCodes(db, providerId, promotion === undefined ? [] : [promotion.id]),
    async () => plans.length > 0 && anyPlan(db, providerId),
    () => registered(db, providerId, plans),
    () => tagsOfPlans(db, providerId, tags),
    async () => (discounts.length === 0 ? [] : exclusivePromotions(db, providerId)),
    async () => (hasOrderDiscount ? orderDiscounts(db, providerId) : []),
  );
  return { combination, withCodes, hasPlans, plans: known, tagsOfPlans: tagsKnown, exclusives, ...rivalsOf(rivals) };
}

const WITH_CODES = preparedStatement(`
  select id from unnest($2::text[]) as wanted (id) where exists (
    select 1 from promo_codes c
    where c.provider_id = $1 and c.promotion_id = wanted.id and c.status <> 'archived')`);

/** Of these promotions those that have a code which is not archived. */
export async function promotionsWithCodes(
  db: Knex,
  providerId: string,
  promotionIds: readonly string[],
): Promise<Set<string>> {
  if (promotionIds.length === 0) return new Set();
  const rows = await execute<{ id: string }>(db, WITH_CODES, [providerId, [...promotionIds]]);
  return new Set(rows.map(({ id }) => id));
}

async function combinationOf(db: Knex, providerId: string): Promise<LintFacts['combination']> {
  const provider = await getProvider(db, providerId);
  return provider?.settings.combination ?? 'best';
}

const ANY_PLAN = preparedStatement('select id from plans where provider_id = $1 limit 1');

async function anyPlan(db: Knex, providerId: string): Promise<boolean> {
  return (await execute(db, ANY_PLAN, [providerId])).length > 0;
}

const REGISTERED = preparedStatement('select id from plans where provider_id = $1 and id = any($2)');

async function registered(db: Knex, providerId: string, plans: readonly string[]): Promise<Set<string>> {
  if (plans.length === 0) return new Set();
  const rows = await execute<{ id: string }>(db, REGISTERED, [providerId, plans]);
  return new Set(rows.map(({ id }) => id));
}

async function tagsOfPlans(db: Knex, providerId: string, tags: readonly string[]): Promise<Set<string>> {
  if (tags.length === 0) return new Set();
  const { rows } = await db.raw<{ rows: { tag: string }[] }>(
    `select tag from unnest(:tags::text[]) as wanted (tag)
     where exists (select 1 from plans p where p.provider_id = :providerId and p.tags @> array[wanted.tag])`,
    { providerId, tags: [...tags] },
  );
  return new Set(rows.map(({ tag }) => tag));
}

const EXCLUSIVE = preparedStatement(`
  select * from promotions where provider_id = $1 and exclusive and status = 'active'
  order by priority desc, id limit ${MOST_RIVALS}`);

async function exclusivePromotions(db: Knex, providerId: string): Promise<Promotion[]> {
  return withNested(db, providerId, await execute<PromotionRow>(db, EXCLUSIVE, [providerId]));
}

async function orderDiscounts(db: Knex, providerId: string): Promise<Parameters<typeof rivalsOf>[0]> {
  const rows = await db<DiscountRow>('discounts')
    .where({ provider_id: providerId, scope: 'order', status: 'active' })
    .orderBy('id')
    .limit(MOST_ORDER_DISCOUNTS + 1)
    .select<DiscountRow[]>('*');
  if (rows.length > MOST_ORDER_DISCOUNTS) return [];
  const ids = [...new Set(rows.map(({ promotion_id }) => promotion_id).filter((id) => id !== null))];
  const promotions = await promotionsOf(db, providerId, (query) =>
    query.where('status', 'active').whereRaw('id = any(?)', [ids]),
  );
  const byId = new Map(promotions.map((promotion) => [promotion.id, promotion]));
  const discounts = await withConditions(db, providerId, rows);
  return discounts
    .filter(({ promotionId }) => promotionId === undefined || byId.has(promotionId))
    .map((discount) => ({ discount, promotion: byId.get(discount.promotionId ?? '') }));
}
