import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { DiscountScope } from '../../engine/discount-values/discount-value';
import type { DiscountValue } from '../../engine/discount-values/index';
import type {
  Buy,
  Charge,
  Coverage,
  Discount,
  DiscountFields,
  KeptFor,
  Recipients,
  UnitOrder,
} from '../../engine/rulebook/discount';
import type { Period } from '../../engine/time/instant';
import type { Metadata } from '../../engine/vocabulary/attributes';
import type { Status } from '../../engine/vocabulary/resource';
import type { Selector } from '../../engine/vocabulary/selector';
import { serverFields, toDate, toInstant, withoutNulls } from '../database/rows';
import { conditionsOf } from './conditions';
import type { NestedRow } from './nested-rows';

/** A row of `discounts`. */
export interface DiscountRow extends NestedRow {
  promotion_id: string | null;
  name: string;
  key: string | null;
  note: string | null;
  metadata: Metadata | null;
  value: DiscountValue;
  scope: DiscountScope;
  selector: Selector | null;
  max_units: number | null;
  unit_order: UnitOrder | null;
  buy: Buy | null;
  charges: Charge[];
  recipients: Recipients | null;
  priority: number | null;
  starts_at: Date | null;
  ends_at: Date | null;
  validity: Period | null;
  payments: number | null;
  kept_for: KeptFor | null;
  carry_over: boolean | null;
  coverage: Coverage;
  status: Status;
}

/** The discount of a row and its conditions. */
export function toDiscount(row: DiscountRow, conditions: Condition[] = []): Discount {
  const { id, version, createdAt, updatedAt } = serverFields(row);
  return {
    id,
    ...withoutNulls({
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
    }),
    conditions,
    version,
    createdAt,
    updatedAt,
  };
}

/** What a client says of a discount as columns, with its defaults. */
export function toDiscountColumns(
  promotionId: string | null,
  input: DiscountFields,
): Omit<DiscountRow, keyof NestedRow> {
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

/** The discounts of these rows, with their conditions. */
export async function withConditions(db: Knex, providerId: string, rows: readonly DiscountRow[]): Promise<Discount[]> {
  const ids = rows.map(({ id }) => id);
  const conditions = await conditionsOf(db, providerId, 'discount_id', ids);
  return rows.map((row) => toDiscount(row, conditions.get(row.id)));
}
