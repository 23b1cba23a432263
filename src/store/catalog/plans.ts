import type { Knex } from 'knex';
import type { Plan, PlanInput } from '../../engine/vocabulary/plan';
import { type PageRequest, pageOf, type ResourceRef } from '../database/requests';
import {
  deleteRows,
  insertRows,
  newRow,
  nextVersion,
  resourceOf,
  rowFrom,
  type StoredRow,
  updateRows,
  whereContains,
} from '../database/rows';

/** A row of `plans`. */
export type PlanRow = StoredRow & ReturnType<typeof toPlanColumns>;

/** Which plans a list shows. */
export interface PlanFilter {
  serviceType?: string | undefined;
  /** Part of the id. */
  q?: string | undefined;
}

/** Lists a page of the provider's plans. */
export async function listPlans(db: Knex, providerId: string, filter: PlanFilter, slice: PageRequest): Promise<Plan[]> {
  const query = pageOf(db, 'plans', providerId, {}, slice);
  if (filter.serviceType !== undefined) query.where('service_type', filter.serviceType);
  if (filter.q !== undefined) whereContains(query, 'id', filter.q);
  return (await query.select<PlanRow[]>('*')).map(toPlan);
}

/** Reads one plan. */
export async function getPlan(db: Knex, providerId: string, address: ResourceRef): Promise<Plan | undefined> {
  const row = await db('plans').where(planAt(providerId, address)).first<PlanRow | undefined>('*');
  return row && toPlan(row);
}

/** Reads and locks it until the transaction ends. */
export async function lockPlan(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<Plan | undefined> {
  const row = await trx('plans').where(planAt(providerId, address)).forUpdate().first<PlanRow | undefined>('*');
  return row && toPlan(row);
}

/** Saves a new plan under the client's id. */
export async function createPlan(trx: Knex.Transaction, providerId: string, input: PlanInput, at: Date): Promise<Plan> {
  const row: PlanRow = { ...newRow(providerId, at, input.id), ...toPlanColumns(input) };
  await insertRows(trx, 'plans', [row]);
  return toPlan(row);
}

/** Writes a locked plan. */
export async function replacePlan(
  trx: Knex.Transaction,
  providerId: string,
  stored: Plan,
  input: PlanInput,
  at: Date,
): Promise<Plan> {
  const row: PlanRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toPlanColumns(input) };
  await updateRows(trx, 'plans', [row]);
  return toPlan(row);
}

/** Removes a locked plan; rules may go on naming it. */
export async function removePlan(trx: Knex.Transaction, providerId: string, stored: Plan): Promise<void> {
  await deleteRows(trx, 'plans', providerId, [stored.id]);
}

/** Returns the plan of a row. */
export function toPlan(row: PlanRow): Plan {
  return resourceOf(row, {
    serviceType: row.service_type,
    planGroups: row.plan_groups,
    tags: row.tags,
    title: row.title,
    addons: row.addons,
    attributes: row.attributes,
    metadata: row.metadata,
  });
}

/** Returns the client-supplied fields of a plan as columns. */
export function toPlanColumns(input: PlanInput) {
  return {
    service_type: input.serviceType,
    plan_groups: input.planGroups ?? null,
    tags: input.tags ?? null,
    title: input.title ?? null,
    addons: input.addons ?? null,
    attributes: input.attributes ?? null,
    metadata: input.metadata ?? null,
  };
}

/** A plan's id is its key as well: with and without `key:` a path names the same plan. */
function planAt(providerId: string, address: ResourceRef): { provider_id: string; id: string } {
  return { provider_id: providerId, id: 'id' in address ? address.id : address.key };
}
