import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { formatInstant } from '../../engine/time/instant';
import type { ApiKey } from '../../store/providers/api-key';
import { recordKeyUses } from '../../store/providers/api-keys';
import type { KeyOwner } from '../../store/providers/key-owners';

const EXACT_TO_MS = 60_000;
/** Uses of so long are written together. */
const COLLECTED_MS = 100;

/** Notes when keys were last used: of each at most once a minute and process, and no request waits for it. */
export class KeyUses {
  private readonly pending = new Map<string, { providerId: string; at: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Knex,
    private readonly log: Logger,
  ) {}

  /** Notes that a key is used now. */
  note(owner: KeyOwner, now: number): void {
    if (now - owner.usedAt < EXACT_TO_MS) return;
    // A key that is read again, before its last use is written, does not know of it.
    const { at = owner.usedAt } = this.pending.get(owner.keyId) ?? {};
    owner.usedAt = now - at < EXACT_TO_MS ? at : now;
    if (owner.usedAt !== now) return;
    this.pending.set(owner.keyId, { providerId: owner.providerId, at: now });
    if (this.timer === undefined) this.timer = setTimeout(() => void this.write(), COLLECTED_MS).unref();
  }

  /** Returns the key with a use that is not written yet. */
  withLastUse(key: ApiKey): ApiKey {
    const use = this.pending.get(key.id);
    return use === undefined ? key : { ...key, lastUsedAt: formatInstant(use.at) };
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    const written = [...this.pending];
    const uses = written.map(([keyId, { providerId, at }]) => ({ keyId, providerId, at: formatInstant(at) }));
    try {
      await recordKeyUses(this.db, uses);
    } catch (error) {
      // The next use after a minute is written; that this one was not does no harm.
      this.log.debug({ err: error }, 'The last use of keys was not noted');
    }
    for (const [keyId, use] of written) if (this.pending.get(keyId) === use) this.pending.delete(keyId);
  }
}
