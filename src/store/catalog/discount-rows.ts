import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { Discount, DiscountFields } from '../../engine/rulebook/discount';
import { resourceOf, toDate, toInstant } from '../database/rows';
import { conditionsOf } from './conditions';
import type { NestedRow } from './nested-rows';

/** A row of `discounts`. */
export type DiscountRow = NestedRow & ReturnType<typeof toDiscountColumns>;

/** Returns the discount of a row and its conditions. */
export function toDiscount(row: DiscountRow, conditions: Condition[] = []): Discount {
  return resourceOf(row, {
    promotionId: row.promotion_id,
    key: row.key,
    name: row.name,
    note: row.note,
    metadata: row.metadata,
    value: row.value,
    scope: row.scope,
    selector: row.selector,
    maxUnits: row.max_units,
    unitOrder: row.unit_order,
    buy: row.buy,
    charges: row.charges,
    recipients: row.recipients,
    priority: row.priority,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    validity: row.validity,
    payments: row.payments,
    keptFor: row.kept_for,
    carryOver: row.carry_over,
    coverage: row.coverage,
    status: row.status,
    conditions,
  });
}

/** Returns the client-supplied fields of a discount as columns, with its defaults. */
export function toDiscountColumns(promotionId: string | null, input: DiscountFields) {
  return {
    promotion_id: promotionId,
    name: input.name,
    key: input.key ?? null,
    note: input.note ?? null,
    metadata: input.metadata ?? null,
    value: input.value,
    scope: input.scope ?? 'line',
    selector: input.selector ?? null,
    max_units: input.maxUnits ?? null,
    unit_order: input.unitOrder ?? null,
    buy: input.buy ? { ...input.buy, repeat: input.buy.repeat ?? true } : null,
    charges: input.charges ?? ['recurring'],
    recipients: input.recipients ?? null,
    priority: input.priority ?? null,
    starts_at: toDate(input.startsAt),
    ends_at: toDate(input.endsAt),
    validity: input.validity ?? null,
    payments: input.payments ?? null,
    kept_for: input.keptFor ?? null,
    carry_over: input.carryOver ?? null,
    coverage: input.coverage ?? 'whole_period',
    status: input.status ?? 'active',
  };
}

/** Returns the discounts of these rows, with their conditions. */
export async function withConditions(db: Knex, providerId: string, rows: readonly DiscountRow[]): Promise<Discount[]> {
  const ids = rows.map(({ id }) => id);
  const conditions = await conditionsOf(db, providerId, 'discount_id', ids);
  return rows.map((row) => toDiscount(row, conditions.get(row.id)));
}
