import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { hashToken } from '../../store/providers/api-keys';
import { findKeyOwner, type KeyOwner } from '../../store/providers/key-owners';
import type { ProviderWatch, Watcher } from './provider-watch';
import type { ProviderVersions } from './server-watch';

/** Without a watch, a revoked key stops working within this time. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;

/** Caches the owners of API keys, so that a busy storefront does not query the database every time. Keeps only hashes of tokens. */
export class ApiKeyCache implements Watcher {
  private readonly remembered = new Map<string, { owner: KeyOwner; until: number }>();
  /** The oldest keys' version of each provider with which a key is remembered. */
  private readonly versions = new Map<string, number>();
  /** Counts what was forgotten. */
  private forgets = 0;

  constructor(
    private readonly clock: () => number,
    private readonly watch?: ProviderWatch,
  ) {
    watch?.add(this);
  }

  /** Returns the key's owner if it is cached. */
  known(token: string): KeyOwner | undefined {
    const entry = this.remembered.get(nameOf(token));
    return entry && (this.watch !== undefined || this.clock() < entry.until) ? entry.owner : undefined;
  }

  /** Finds the key's owner; unknown keys are not cached, so that a new key works at once. */
  async find(db: Knex, token: string): Promise<KeyOwner | undefined> {
    const name = nameOf(token);
    const { forgets } = this;
    const owner = await findKeyOwner(db, hashToken(token));
    this.remembered.delete(name);
    // What was read before a key was revoked here is not remembered after it.
    if (owner && forgets === this.forgets) this.remember(name, owner);
    return owner;
  }

  /** Returns the providers whose keys are remembered. */
  providers(): Iterable<string> {
    return this.versions.keys();
  }

  /** Forgets a provider's keys where one of them was revoked. */
  onVersions(providerId: string, versions: ProviderVersions | undefined): void {
    if (!this.versions.has(providerId) || this.versions.get(providerId) === versions?.keys) return;
    this.forget(providerId);
  }

  /** Forgets a provider's keys: after this process has revoked one, or removed the provider, no request waits for the watch. */
  forget(providerId: string): void {
    this.forgets += 1;
    this.versions.delete(providerId);
    for (const [name, { owner }] of this.remembered) if (owner.providerId === providerId) this.remembered.delete(name);
  }

  private remember(name: string, owner: KeyOwner): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(name, { owner, until: this.clock() + REMEMBERED_MS });
    const known = this.versions.get(owner.providerId) ?? owner.keysVersion;
    this.versions.set(owner.providerId, Math.min(known, owner.keysVersion));
  }
}

/** Returns the hash as text: made as a Buffer first, it would take three times as long. */
function nameOf(token: string): string {
  return hash('sha256', token, 'base64');
}
