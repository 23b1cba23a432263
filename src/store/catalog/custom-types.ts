import type { Knex } from 'knex';
import { type CustomTypes, errorsOfUse, NO_CUSTOM_TYPES } from '../../engine/cart/custom-types';
import { checkCustomValue } from '../../engine/rulebook/checks';
import type { CustomType, CustomTypeFields, CustomTypeInput } from '../../engine/rulebook/custom-type';
import { type CustomUser, customPartsOf } from '../../engine/rulebook/custom-type';
import type { Metadata } from '../../engine/vocabulary/attributes';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { customTypesOf } from '../../expressions/custom-types';
import type { ExpressionKind } from '../../expressions/environment';
import { Conflict } from '../database/errors';
import {
  deleteRows,
  insertRows,
  newRow,
  nextVersion,
  rowFrom,
  type StoredRow,
  serverFields,
  updateRows,
  withoutNulls,
} from '../database/rows';
import { type TypeUse, toldUses, usesOfType } from './custom-type-uses';

/** A row of `custom_types`. */
export interface CustomTypeRow extends StoredRow {
  kind: ExpressionKind;
  name: string;
  title: string;
  description: string | null;
  parameters: CustomTypeFields['parameters'];
  expression: string;
  metadata: Metadata | null;
}

/** As many as a provider may define of a kind. */
const MOST_TYPES = 200;

/** Returns the provider's own types of a kind, oldest first. */
export async function listCustomTypes(db: Knex, providerId: string, kind: ExpressionKind): Promise<CustomType[]> {
  const rows = await db('custom_types')
    .where({ provider_id: providerId, kind })
    .orderBy('id')
    .select<CustomTypeRow[]>();
  return rows.map(toCustomType);
}

/** Reads one type. */
export async function getCustomType(
  db: Knex,
  providerId: string,
  kind: ExpressionKind,
  name: string,
): Promise<CustomType | undefined> {
  const row = await db('custom_types')
    .where({ provider_id: providerId, kind, name })
    .first<CustomTypeRow | undefined>();
  return row && toCustomType(row);
}

/** Reads and locks it, until the transaction ends: meanwhile no rule of the type is written. */
export async function lockCustomType(
  trx: Knex.Transaction,
  providerId: string,
  kind: ExpressionKind,
  name: string,
): Promise<CustomType | undefined> {
  const row = await trx('custom_types')
    .where({ provider_id: providerId, kind, name })
    .forUpdate()
    .first<CustomTypeRow | undefined>();
  return row && toCustomType(row);
}

/** Saves a new type. */
export async function createCustomType(
  trx: Knex.Transaction,
  providerId: string,
  kind: ExpressionKind,
  input: CustomTypeInput,
  at: Date,
): Promise<CustomType> {
  const known = await trx('custom_types').where({ provider_id: providerId, kind }).select('id');
  if (known.length >= MOST_TYPES) {
    const detail = `There are ${MOST_TYPES} types of this kind already, and no provider has more.`;
    throw new RequestRefused('invalid_request', [{ pointer: '', code: 'max_items', detail }]);
  }
  const row: CustomTypeRow = { ...newRow(providerId, at), ...toCustomTypeColumns(kind, input) };
  await insertRows(trx, 'custom_types', [row]);
  return toCustomType(row);
}

/** Writes a locked type; one that is in use keeps its name, and takes what its uses say. */
export async function replaceCustomType(
  trx: Knex.Transaction,
  providerId: string,
  kind: ExpressionKind,
  stored: CustomType,
  input: CustomTypeInput,
  at: Date,
): Promise<CustomType> {
  const uses = await usesOfType(trx, providerId, kind, stored.name);
  const broken = input.name === stored.name ? brokenUses(kind, input, uses) : uses;
  if (broken.length > 0) throw inUse(stored.name, broken);
  const row: CustomTypeRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toCustomTypeColumns(kind, input) };
  await updateRows(trx, 'custom_types', [row]);
  return toCustomType(row);
}

/** Removes a locked type that nothing uses. */
export async function removeCustomType(
  trx: Knex.Transaction,
  providerId: string,
  kind: ExpressionKind,
  { id, name }: CustomType,
): Promise<void> {
  const uses = await usesOfType(trx, providerId, kind, name);
  if (uses.length > 0) throw inUse(name, uses);
  await deleteRows(trx, 'custom_types', providerId, [id]);
}

/** Returns the uses that are wrong by what a type becomes. */
export function brokenUses(kind: ExpressionKind, type: CustomTypeFields, uses: readonly TypeUse[]): TypeUse[] {
  if (uses.length === 0) return [];
  const own = kind === 'condition' ? { conditionTypes: [type] } : { discountTypes: [type] };
  const types = customTypesOf({ conditionTypes: [], discountTypes: [], ...own });
  return uses.filter(({ parameters, scope }) => {
    const part = { name: type.name, ...(parameters !== undefined && { parameters }) };
    const errors =
      kind === 'condition'
        ? errorsOfUse(types.condition(type.name), part, 'condition')
        : checkCustomValue({ value: { type: 'custom', ...part }, ...(scope !== undefined && { scope }) }, types);
    return errors.length > 0;
  });
}

function inUse(name: string, uses: readonly TypeUse[]): Conflict {
  const told = toldUses(uses);
  const detail = `The type "${name}" is used by ${told.words}.`;
  return new Conflict('type_in_use', detail, { usedBy: told.usedBy });
}

/** Returns the provider's types that rules name; until the transaction ends nobody changes or removes them. */
export async function typesUsedBy(
  trx: Knex.Transaction,
  providerId: string,
  ...rules: readonly CustomUser[]
): Promise<CustomTypes> {
  const names = [...new Set(rules.flatMap(customPartsOf).map(({ name }) => name))];
  if (names.length === 0) return NO_CUSTOM_TYPES;
  const rows = await trx('custom_types')
    .where('provider_id', providerId)
    .whereRaw('name = any(?)', [names])
    .orderBy('id')
    .forShare()
    .select<CustomTypeRow[]>();
  return customTypesOf(typeListsOf(rows));
}

/** Rows of both kinds, apart. */
export function typeListsOf(rows: readonly CustomTypeRow[]): {
  conditionTypes: CustomType[];
  discountTypes: CustomType[];
} {
  return {
    conditionTypes: rows.filter(({ kind }) => kind === 'condition').map(toCustomType),
    discountTypes: rows.filter(({ kind }) => kind === 'value').map(toCustomType),
  };
}

/** Returns the client-supplied fields of a type as columns. */
export function toCustomTypeColumns(
  kind: ExpressionKind,
  input: CustomTypeFields,
): Omit<CustomTypeRow, keyof StoredRow> {
  return {
    kind,
    name: input.name,
    title: input.title,
    description: input.description ?? null,
    parameters: input.parameters,
    expression: input.expression,
    metadata: input.metadata ?? null,
  };
}

/** Returns the type of a row. */
export function toCustomType(row: CustomTypeRow): CustomType {
  const { id, version, createdAt, updatedAt } = serverFields(row);
  const { name, title, description, parameters, expression, metadata } = row;
  return {
    id,
    ...withoutNulls({ name, title, description, parameters, expression, metadata }),
    version,
    createdAt,
    updatedAt,
  };
}
