import type { Knex } from 'knex';
import { formatInstant } from '../../engine/time/instant';
import {
  DEFAULT_SETTINGS,
  type Provider,
  type ProviderInput,
  type SettingsInput,
} from '../../engine/vocabulary/provider';
import type { Slice } from '../database/slice';

interface Row {
  id: string;
  name: string;
  time_zone: string;
  default_language: string;
  settings: SettingsInput;
  catalog_version: number;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** Reads providers in the order of their ids. */
export async function listProviders(db: Knex, { limit, after }: Slice): Promise<Provider[]> {
  const rows = await db<Row>('providers')
    .modify((query) => after !== undefined && query.where('id', '>', after))
    .orderBy('id')
    .limit(limit);
  return rows.map(toProvider);
}

/** Reads one provider. */
export async function getProvider(db: Knex, id: string): Promise<Provider | undefined> {
  const row = await db<Row>('providers').where({ id }).first();
  return row && toProvider(row);
}

/** Reads one provider and how often its rules were written. */
export async function getProviderWithVersion(
  db: Knex,
  id: string,
): Promise<{ provider: Provider; catalogVersion: number } | undefined> {
  const row = await db<Row>('providers').where({ id }).first();
  return row && { provider: toProvider(row), catalogVersion: row.catalog_version };
}

/** Reads one provider and keeps others from writing it until the transaction ends. */
export async function lockProvider(trx: Knex.Transaction, id: string): Promise<Provider | undefined> {
  const row = await trx<Row>('providers').where({ id }).forUpdate().first();
  return row && toProvider(row);
}

/** Whether there is such a provider. */
export async function providerExists(db: Knex, id: string): Promise<boolean> {
  return (await db<Row>('providers').where({ id }).first('id')) !== undefined;
}

/** Saves a new provider. */
export async function createProvider(trx: Knex.Transaction, input: ProviderInput, at: Date): Promise<Provider> {
  const [row] = await trx<Row>('providers').insert(
    { id: input.id, ...toColumns(input), created_at: at, updated_at: at },
    '*',
  );
  return toProvider(row as Row);
}

/** Saves a provider anew; its settings change quotes, so its rules count as changed too. */
export async function replaceProvider(trx: Knex.Transaction, input: ProviderInput, at: Date): Promise<Provider> {
  const [row] = await trx<Row>('providers')
    .where({ id: input.id })
    .update(
      {
        ...toColumns(input),
        updated_at: at,
        version: trx.raw('version + 1'),
        catalog_version: trx.raw('catalog_version + 1'),
      },
      '*',
    );
  return toProvider(row as Row);
}

/** Removes a provider with everything that it has. */
export async function removeProvider(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('providers').where({ id }).delete();
}

/** Notes that the provider's rules have changed; answers their new version. */
export async function bumpCatalogVersion(trx: Knex.Transaction, id: string): Promise<number> {
  const [row] = await trx<Row>('providers').where({ id }).increment('catalog_version').returning('catalog_version');
  return row?.catalog_version ?? 0;
}

function toColumns(input: ProviderInput) {
  return {
    name: input.name,
    time_zone: input.timeZone,
    default_language: input.defaultLanguage,
    settings: input.settings ?? {},
  };
}

function toProvider(row: Row): Provider {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    defaultLanguage: row.default_language,
    settings: { ...DEFAULT_SETTINGS, ...row.settings },
    version: row.version,
    createdAt: formatInstant(row.created_at.getTime()),
    updatedAt: formatInstant(row.updated_at.getTime()),
  };
}
