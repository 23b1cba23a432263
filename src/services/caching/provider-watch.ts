import type { Logger } from 'pino';
import { type ProviderVersions, ServerWatch } from './server-watch';

/** Where notifications do not arrive, as behind a pooler, the next poll finds the change. */
const LOOK_EVERY_MS = 400;

/** Something that caches data of providers and must know when it is outdated. */
export interface Watcher {
  /** Returns the providers of which something is remembered. */
  providers(): Iterable<string>;
  /** Returns what is counted of a provider now; `undefined`: there is none any more. */
  onVersions(providerId: string, versions: ProviderVersions | undefined): void;
}

/** Returns the address of the server that has a provider's rows. */
export type AddressOf = (providerId: string) => string;

/**
 * Watches the providers that this process has cached, each where its rows are: a notification triggers a poll at once,
 * and it polls several times a second anyway, so that a lost notification costs less than a second.
 */
export class ProviderWatch {
  #watchers: Watcher[] = [];
  readonly #first: ServerWatch;
  readonly #servers = new Map<string, ServerWatch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    connectionString: string,
    private readonly log: Logger,
    /** Absent: all providers are on one server. */
    private readonly addressOf?: AddressOf,
  ) {
    this.#first = this.#watchOf(connectionString);
  }

  /** Starts polling; resolves after the first poll. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    await this.look();
  }

  /** Ends the connections. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }

  /** Reports to a watcher from the next look on. */
  add(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  /** Returns whether everything of a provider that was written more than a second ago has been reported. */
  isCurrent(providerId: string): boolean {
    return this.#serverOf(providerId).isCurrent();
  }

  /** Returns the same after a poll if this process was merely too busy for one; returns at once if the database is away. */
  confirm(providerId: string): Promise<boolean> {
    return this.#serverOf(providerId).confirm();
  }

  /** Polls all servers that have something to be asked about; returns whether they answered. */
  async look(): Promise<boolean> {
    if (this.addressOf !== undefined) for (const id of this.#providers()) this.#serverOf(id);
    const answered = await Promise.all([...this.#servers.values()].map((server) => server.look()));
    return answered.every(Boolean);
  }

  #serverOf(providerId: string): ServerWatch {
    return this.addressOf === undefined ? this.#first : this.#watchOf(this.addressOf(providerId));
  }

  #watchOf(address: string): ServerWatch {
    const known = this.#servers.get(address);
    if (known !== undefined) return known;
    const isThere = (id: string) => this.addressOf === undefined || this.addressOf(id) === address;
    const asked = {
      providers: () => this.#providers().filter(isThere),
      onVersions: (id: string, versions: ProviderVersions | undefined) => {
        for (const watcher of this.#watchers) watcher.onVersions(id, versions);
      },
    };
    const watch = new ServerWatch(address, asked, this.log);
    this.#servers.set(address, watch);
    return watch;
  }

  #providers(): string[] {
    return [...new Set(this.#watchers.flatMap((watcher) => [...watcher.providers()]))];
  }
}
