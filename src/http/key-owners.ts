import type { Knex } from 'knex';
import { findKeyOwner, type KeyOwner } from '../store/api-keys';

/** A revoked key stops working within this time. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;

/** Remembers for a moment whose key a token is, so that a busy storefront does not ask the database every time. */
export class KeyOwners {
  private readonly remembered = new Map<string, { owner: KeyOwner; until: number }>();

  constructor(private readonly clock: () => number) {}

  /** Whose key this is; unknown keys are not remembered, so that a new one works at once. */
  async get(db: Knex, tokenHash: Buffer): Promise<KeyOwner | undefined> {
    const name = tokenHash.toString('base64');
    const entry = this.remembered.get(name);
    const now = this.clock();
    if (entry && now < entry.until) return entry.owner;
    const owner = await findKeyOwner(db, tokenHash);
    this.remembered.delete(name);
    if (owner) this.remember(name, { owner, until: now + REMEMBERED_MS });
    return owner;
  }

  private remember(name: string, entry: { owner: KeyOwner; until: number }): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(name, entry);
  }
}
