import type { Knex } from 'knex';
import { formatInstant } from '../../engine/time/instant';
import {
  DEFAULT_SETTINGS,
  type Provider,
  type ProviderInput,
  type SettingsInput,
} from '../../engine/vocabulary/provider';
import type { PageRequest } from '../database/requests';

interface Row {
  id: string;
  name: string;
  time_zone: string;
  default_language: string;
  settings: SettingsInput;
  catalog_version: number;
  keys_version: number;
  documented_version: number | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** What is counted of a provider, so that a process knows when what it remembers is old. */
type Versions = Pick<Row, 'catalog_version' | 'keys_version'>;

const VERSIONS = ['catalog_version', 'keys_version'] as const;

/** Reads providers in the order of their ids. */
export async function listProviders(db: Knex, { limit, after }: PageRequest): Promise<Provider[]> {
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

/** Reads one provider and keeps others from writing it until the transaction ends. */
export async function lockProvider(trx: Knex.Transaction, id: string): Promise<Provider | undefined> {
  const row = await trx<Row>('providers').where({ id }).forUpdate().first();
  return row && toProvider(row);
}

/** Returns whether there is such a provider. */
export async function providerExists(db: Knex, id: string): Promise<boolean> {
  return (await db<Row>('providers').where({ id }).first('id')) !== undefined;
}

/** Saves a new provider; its versions go on from those of a removed provider of the same id. */
export async function createProvider(trx: Knex.Transaction, input: ProviderInput, at: Date): Promise<Provider> {
  const [removed] = await trx('removed_providers')
    .where('provider_id', input.id)
    .select<Versions[]>(...VERSIONS);
  const versions = removed && { catalog_version: removed.catalog_version + 1, keys_version: removed.keys_version + 1 };
  const [row] = await trx<Row>('providers').insert(
    { id: input.id, ...toColumns(input), ...versions, created_at: at, updated_at: at },
    '*',
  );
  // A request to the old provider may have been answered after it was removed.
  await forgetAnswers(trx, input.id);
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
        // The documents of the rules are as current as they were.
        documented_version: trx.raw('case when documented_version = catalog_version then catalog_version + 1 end'),
      },
      '*',
    );
  return toProvider(row as Row);
}

/** Removes a provider with everything that it has; only where its versions ended is kept. */
export async function removeProvider(trx: Knex.Transaction, id: string): Promise<void> {
  const [removed] = await trx('providers')
    .where({ id })
    .delete()
    .returning<Versions[]>([...VERSIONS]);
  if (removed === undefined) return;
  await trx('removed_providers')
    .insert({ provider_id: id, ...removed })
    .onConflict('provider_id')
    .merge();
  await forgetAnswers(trx, id);
  await trx('events').where('provider_id', id).delete();
}

/** Recorded answers refer to no provider, because some belong to none. */
async function forgetAnswers(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('idempotency_keys').where('provider_id', id).delete();
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
