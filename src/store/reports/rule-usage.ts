import Big from 'big.js';
import type { Knex } from 'knex';
import { type Amounts, minorDigits } from '../../engine/money/money';
import type { RuleUsage } from '../../engine/rulebook/rule-usage';
import { groupBy } from '../../engine/vocabulary/lists';

/** A rule whose usage is asked for: a promotion, a global discount or a promo code. */
export interface CountedRule {
  id: string;
  /** The limit of its uses in all; absent: unlimited. */
  total?: number | undefined;
  /** Its budget; absent: none. */
  budget?: Amounts | undefined;
}

/** A sum of uses, as text: what is confirmed, and what is held. */
interface CountedRow {
  kind: 'promotion' | 'code' | 'budget';
  subject: string;
  currency: string;
  confirmed: string;
  held: string;
}

/** Holds are few; the counters, which hold them too, say the rest. */
const USAGE = `
  with held as (
    select u.kind, u.subject, u.currency, sum(u.amount) as counted,
      coalesce(sum(u.amount) filter (where r.expires_at > clock_timestamp()), 0) as live
    from redemptions r
    join redemption_uses u on u.provider_id = r.provider_id and u.redemption_id = r.id
    where r.provider_id = :providerId and r.status = 'held'
      and u.kind in ('promotion', 'code', 'budget') and u.subject = any(:ids)
    group by u.kind, u.subject, u.currency
  )
  select c.kind, c.subject, c.currency,
    (c.used - coalesce(held.counted, 0))::text as confirmed, coalesce(held.live, 0)::text as held
  from usage_counters c
  left join held on held.kind = c.kind and held.subject = c.subject and held.currency = c.currency
  where c.provider_id = :providerId and c.kind in ('promotion', 'code', 'budget')
    and c.subject = any(:ids) and c.customer_id = ''`;

/** Reads how much of each rule is used, by its id. */
export async function loadUsage(
  db: Knex,
  providerId: string,
  rules: readonly CountedRule[],
): Promise<ReadonlyMap<string, RuleUsage>> {
  if (rules.length === 0) return new Map();
  const ids = rules.map(({ id }) => id);
  const { rows } = await db.raw<{ rows: CountedRow[] }>(USAGE, { providerId, ids });
  const bySubject = groupBy(rows, ({ subject }) => subject);
  return new Map(rules.map((rule) => [rule.id, usageOf(rule, bySubject.get(rule.id) ?? [])]));
}

function usageOf({ total, budget }: CountedRule, rows: readonly CountedRow[]): RuleUsage {
  const uses = rows.find(({ kind }) => kind !== 'budget');
  const redemptions = Number(uses?.confirmed ?? 0);
  const held = Number(uses?.held ?? 0);
  return {
    redemptions,
    held,
    ...(total !== undefined && { left: Math.max(0, total - redemptions - held) }),
    ...(budget !== undefined && budgetUsage(budget, rows)),
  };
}

function budgetUsage(budget: Amounts, rows: readonly CountedRow[]): Pick<RuleUsage, 'budgetSpent' | 'budgetLeft'> {
  const budgetSpent: Amounts = {};
  const budgetLeft: Amounts = {};
  for (const [currency, amount] of Object.entries(budget)) {
    const spent = rows.find((row) => row.kind === 'budget' && row.currency === currency);
    const left = Big(amount)
      .minus(spent?.confirmed ?? 0)
      .minus(spent?.held ?? 0);
    budgetSpent[currency] = Big(spent?.confirmed ?? 0).toFixed(minorDigits(currency));
    // A budget that was lowered has nothing left, not less.
    budgetLeft[currency] = (left.lt(0) ? Big(0) : left).toFixed(minorDigits(currency), Big.roundDown);
  }
  return { budgetSpent, budgetLeft };
}
