import type { Knex } from 'knex';
import { eraseRedemptions, lockOldRedemptions, type SweepPlace } from '../../store/customers/erased-redemptions';
import { hashCustomers, notYetHashed } from '../../store/customers/hashed-customers';
import { allProviders, alone, removeOldAuditEntries } from '../../store/customers/sweeps';
import { retryContention } from '../../store/database/contention';
import { nodeOf } from '../../store/database/nodes';
import { removeOldEvents } from '../../store/events/retention';
import { erasedRedemptions } from './erase-customer';

/** So that what is written to an old redemption later is found as well. */
const BEGIN_AGAIN_MS = 24 * 3_600_000;

/** Erases the customers of redemptions that are older than so many days, and removes old events and entries of the audit log. */
export class Retention {
  /** Behind what was looked at already, by provider. */
  readonly #places = new Map<string, SweepPlace>();
  #begunAt = 0;

  constructor(
    private readonly db: Knex,
    private readonly days: number,
    private readonly now: () => number,
  ) {}

  /** Does all that is due in small transactions, of which one runs at a time, whatever the number of processes. */
  async sweep(isStopping: () => boolean): Promise<void> {
    if (this.now() - this.#begunAt > BEGIN_AGAIN_MS) {
      this.#places.clear();
      this.#begunAt = this.now();
    }
    const { days } = this;
    for (const providerId of await allProviders(this.db)) {
      const parts = [
        () => this.#eraseNext(providerId),
        () => this.#step(providerId, (trx) => removeOldAuditEntries(trx, providerId, days)),
        () => this.#step(providerId, (trx) => removeOldEvents(trx, providerId, days)),
      ];
      for (const part of parts) while (!isStopping() && (await part()));
    }
  }

  /** Where another process sweeps there is nothing to do for us. */
  #step<T>(providerId: string, effect: (trx: Knex.Transaction) => Promise<T>): Promise<T | undefined> {
    return retryContention(() => alone(nodeOf(this.db, providerId), effect));
  }

  /** In one step customers go over to hashes, in the next they are erased: redemptions wait for neither for long. */
  async #eraseNext(providerId: string): Promise<boolean> {
    const swept = await this.#step(providerId, async (trx) => {
      const { rows, place } = await lockOldRedemptions(trx, providerId, this.days, this.#places.get(providerId));
      const customers = new Set(rows.flatMap(({ customer_id }) => customer_id ?? []));
      const unhashed = await notYetHashed(trx, providerId, [...customers]);
      if (unhashed.length > 0) {
        await hashCustomers(trx, providerId, unhashed);
        return { again: true };
      }
      if (rows.length > 0) await eraseRedemptions(trx, providerId, erasedRedemptions(providerId, rows));
      return { again: place !== undefined, place };
    });
    if (swept?.place !== undefined) this.#places.set(providerId, swept.place);
    return swept?.again ?? false;
  }
}
