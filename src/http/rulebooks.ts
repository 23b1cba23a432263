import type { Knex } from 'knex';
import { compileRulebook, type Rulebook } from '../engine/rulebook';
import { NotFound } from '../store/errors';
import { catalogVersion, loadCatalog } from '../store/rulebook';
import { unavailable } from './problem';

const MOST_KEPT = 500;
const ATTEMPTS = 5;

/** Keeps the compiled rules of the providers that were quoted last; every request asks whether they are still current. */
export class Rulebooks {
  /** The least recently used first. */
  private readonly kept = new Map<string, { version: number; rulebook: Promise<Rulebook> }>();

  /** The provider's rules as they are now. */
  async get(db: Knex, providerId: string): Promise<Rulebook> {
    const version = await catalogVersion(db, providerId);
    if (version === undefined) throw new NotFound('There is no such provider.');
    const known = this.kept.get(providerId);
    // Requests that come while the rules are being read wait for the same reading.
    const entry = known?.version === version ? known : { version, rulebook: load(db, providerId) };
    this.keep(providerId, entry);
    try {
      return await entry.rulebook;
    } catch (error) {
      if (this.kept.get(providerId) === entry) this.kept.delete(providerId);
      throw error;
    }
  }

  private keep(providerId: string, entry: { version: number; rulebook: Promise<Rulebook> }): void {
    this.kept.delete(providerId);
    this.kept.set(providerId, entry);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}

/**
 * Reads and compiles the rules. Inside the transaction of an idempotent request the reading has no snapshot of its own,
 * so it counts only where no write came in between.
 */
async function load(db: Knex, providerId: string): Promise<Rulebook> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const catalog = await loadCatalog(db, providerId);
    if (!db.isTransaction || (await catalogVersion(db, providerId)) === catalog.version) {
      return compileRulebook(catalog);
    }
  }
  throw unavailable('The rules are being rewritten; try again.');
}
