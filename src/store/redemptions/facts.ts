import type { Knex } from 'knex';
import { type FactsNeeded, NO_FACTS } from '../../engine/judging/facts';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { execute, hotStatement } from '../database/prepared-statement';
import { type Found, factsOf, lookupIn, type StoredFacts } from './found-facts';

/** Its migration has the text: of many small steps only those are made that something is asked for. */
const FACTS = hotStatement('select read_facts_1($1, $2, $3, $4, $5) as found', 'facts');

/** Reads what a quote needs beside the catalog in one statement; in none where it needs nothing. */
export async function loadFacts(db: Knex, providerId: string, needed: FactsNeeded): Promise<StoredFacts> {
  const { setAside } = needed;
  if (setAside === undefined) return (await loadFactsOfMany(db, providerId, [needed]))[0] as StoredFacts;
  await assertRedemption(db, providerId, setAside);
  return factsOf(needed, lookupIn(await read(db, providerId, [needed], setAside)));
}

async function assertRedemption(db: Knex, providerId: string, id: string): Promise<void> {
  if ((await db('redemptions').where({ provider_id: providerId, id }).first('id')) !== undefined) return;
  const detail = 'is no redemption of this provider';
  throw new RequestRefused('invalid_request', [{ pointer: '/redemptionId', code: 'unknown_redemption', detail }]);
}

/** Returns the same for several requests to one provider, in one statement altogether. */
export async function loadFactsOfMany(
  db: Knex,
  providerId: string,
  requests: readonly FactsNeeded[],
): Promise<StoredFacts[]> {
  if (requests.every(needsNothing)) return requests.map(() => ({ ...NO_FACTS, codes: new Map() }));
  const lookup = lookupIn(await read(db, providerId, requests));
  return requests.map((needed) => factsOf(needed, lookup));
}

/** Returns whether a quote needs nothing beside the catalog. */
export function needsNothing({ codes, rules, customerId, setAside }: FactsNeeded): boolean {
  return codes.length === 0 && rules.length === 0 && customerId === undefined && setAside === undefined;
}

/** Reads what the requests need altogether, each once; as if the redemption that is set aside were not there. */
async function read(
  db: Knex,
  providerId: string,
  requests: readonly FactsNeeded[],
  setAside: string | null = null,
): Promise<Found> {
  const codes = new Set(requests.flatMap((needed) => needed.codes));
  const rules = new Set(requests.flatMap((needed) => needed.rules));
  const customers = new Set(requests.flatMap(({ customerId }) => customerId ?? []));
  const values = [providerId, [...codes], [...rules], [...customers], setAside];
  const [row] = await execute<{ found: Found }>(db, FACTS, values);
  return (row as { found: Found }).found;
}
