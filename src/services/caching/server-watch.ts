import type { Client } from 'pg';
import type { Logger } from 'pino';
import { openConnection } from '../../store/database/open-connection';

const CHANNEL = 'offerbook_providers';
/** A connection that is silent for longer is given up. */
const ANSWERS_WITHIN_MS = 2_000;
const CURRENT_FOR_MS = 1_000;

const VERSIONS = 'select id, catalog_version as catalog, keys_version as keys from providers where id = any($1)';
const NOTHING = 'select where false';

/** What is counted of a provider; a process compares it with what it remembers. */
export interface ProviderVersions {
  /** Writes to its rules. */
  readonly catalog: number;
  /** Revoked and changed keys. */
  readonly keys: number;
}

/** Whom a server is asked about, and who hears the answer. */
export interface Asked {
  providers(): readonly string[];
  onVersions(providerId: string, versions: ProviderVersions | undefined): void;
}

/** Watches some providers of one server, over a connection of its own. */
export class ServerWatch {
  #client: Client | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Whether the last poll failed. */
  #lost = false;
  #look: Promise<boolean> | undefined;
  #lookAgain = false;
  #stopped = false;

  constructor(
    private readonly connectionString: string,
    private readonly asked: Asked,
    private readonly log: Logger,
  ) {}

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#look;
    await this.#client?.end().catch(() => undefined);
  }

  /** Returns whether everything that was written more than a second ago has been reported. */
  isCurrent(): boolean {
    return performance.now() - this.#lookedAt < CURRENT_FOR_MS;
  }

  /** Returns the same after a poll if this process was merely too busy for one; returns at once if the database is away. */
  async confirm(): Promise<boolean> {
    return this.isCurrent() || (!this.#lost && this.look());
  }

  /** Polls, or joins the poll under way; returns whether the database answered. */
  look(): Promise<boolean> {
    this.#look ??= this.#compare()
      .then(
        () => true,
        (error) => this.#lose(error),
      )
      .finally(() => {
        this.#look = undefined;
        if (this.#lookAgain && !this.#lost) void this.look();
      });
    return this.#look;
  }

  async #compare(): Promise<void> {
    this.#lookAgain = false;
    const startedAt = performance.now();
    this.#client ??= await this.#connect();
    const ids = this.asked.providers();
    // About none, a cluster would ask all of its shards; that the server answers is to be known all the same.
    const asked = ids.length === 0 ? { text: NOTHING } : { text: VERSIONS, values: [ids] };
    const { rows } = await this.#client.query<{ id: string; catalog: string; keys: string }>(asked);
    const found = new Map(rows.map((row) => [row.id, { catalog: Number(row.catalog), keys: Number(row.keys) }]));
    for (const id of ids) this.asked.onVersions(id, found.get(id));
    this.#lookedAt = startedAt;
    this.#lost = false;
  }

  async #connect(): Promise<Client> {
    const client = await openConnection(this.connectionString, { query_timeout: ANSWERS_WITHIN_MS });
    client.on('error', (error) => this.#client === client && this.#lose(error));
    client.on('notification', () => this.#notice());
    await client.query(`listen ${CHANNEL}`);
    return client;
  }

  /** What the look under way has read may be older than the change. */
  #notice(): void {
    if (this.#look === undefined) void this.look();
    else this.#lookAgain = true;
  }

  #lose(error: unknown): false {
    const client = this.#client;
    this.#client = undefined;
    if (!this.#lost && !this.#stopped) this.log.warn({ err: error }, 'The database does not answer');
    this.#lost = true;
    void client?.end().catch(() => undefined);
    return false;
  }
}
