import type { Knex } from 'knex';
import { type CustomTypes, NO_CUSTOM_TYPES } from '../../engine/cart/custom-types';
import { compileInSteps } from '../../engine/rulebook/compile';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import { RequestRefused } from '../../engine/vocabulary/problem';
import { customTypesInSteps } from '../../expressions/custom-types';
import type { Note } from '../../expressions/evaluator';
import { NotFound } from '../../store/database/errors';
import { inSlices } from '../../store/slices';
import { catalogVersion, type LoadedCatalog, loadCatalog, nextCatalog } from '../../store/whole-catalog/load-catalog';
import type { PublishedRules } from '../../store/whole-catalog/publish';
import { Spaced } from '../concurrency/spaced';
import { within } from '../concurrency/within';
import { Unavailable } from '../errors';
import { VERSION_HEADER } from '../headers';
import { type Kept, KeptRules } from './kept-rules';
import type { ProviderWatch, Watcher } from './provider-watch';
import type { ProviderVersions } from './server-watch';

const ATTEMPTS = 5;
/** How long quotes may use the old rules while new ones load; with the polling interval, under a second in total. */
const PATIENCE_MS = 400;
/** Between two looks for a version that a quote wants and the watch has not seen: visitors may want any. */
const LOOK_AGAIN_MS = 50;
/** The estimated memory of a compiled promotion with its discounts and conditions, where it was not measured. */
const BYTES_PER_RULE = 3_000;

/** How rulebooks are kept. */
export interface RulebooksOptions {
  /** The most memory that they may take, by an estimate; one rulebook is kept however large it is. */
  bytes: number;
  /** Tells when one is old; without it every quote asks. */
  watch?: ProviderWatch | undefined;
  /** Is told of expressions that fail or cost too much. */
  note?: Note | undefined;
}

/** Rules to quote by. */
export interface CurrentRules {
  readonly rulebook: Rulebook;
  /** `true` if the database has been unreachable for over a second, so the rules may be out of date. */
  readonly stale: boolean;
}

/** Rules that are being read. */
interface Loading {
  readonly kept: Promise<Kept>;
  /** Whether over the connection of a transaction. */
  readonly inTransaction: boolean;
}

/** Keeps the compiled rules of the providers that were quoted last; the watch tells when they are old. */
export class RulebookCache implements Watcher {
  private readonly kept: KeptRules;
  private readonly loading = new Map<string, Loading>();
  private readonly looks = new Spaced<Rulebook>(LOOK_AGAIN_MS);

  constructor(private readonly options: RulebooksOptions) {
    this.kept = new KeptRules(options.bytes);
    options.watch?.add(this);
  }

  /** Returns whether the provider's rules are kept, so that there is such a provider. */
  has(providerId: string): boolean {
    return this.options.watch !== undefined && this.kept.isSure(providerId);
  }

  /** Whether there are quotes that go on without the database. */
  get canServeStale(): boolean {
    return this.options.watch !== undefined && this.kept.size > 0;
  }

  /**
   * Returns the provider's rules as they were at most a second ago, and at least of the given version: from memory
   * where nothing was written since, then at once. Where the database is away they are stale.
   */
  async get(db: Knex, providerId: string, atLeast = 0): Promise<CurrentRules> {
    return this.cached(providerId, atLeast) ?? this.revalidate(db, providerId, atLeast);
  }

  private async revalidate(db: Knex, providerId: string, atLeast: number): Promise<CurrentRules> {
    const { watch } = this.options;
    const kept = this.kept.get(providerId);
    if (watch === undefined || kept === undefined) return this.loadAtLeast(db, providerId, atLeast);
    const stale = !watch.isCurrent(providerId) && !(await watch.confirm(providerId));
    if (kept.rulebook.version < atLeast) {
      return newEnough(await this.looks.run(providerId, () => this.current(db, providerId)), atLeast);
    }
    if (!stale && (kept.doubted || isOverdue(kept))) return this.loadAtLeast(db, providerId, atLeast);
    if (!stale && kept.outdatedAt !== undefined) this.refresh(db, providerId);
    return { rulebook: kept.rulebook, stale };
  }

  /** Returns the provider's rules synchronously if they are cached and known to be current. */
  private cached(providerId: string, atLeast: number): CurrentRules | undefined {
    const kept = this.kept.get(providerId);
    if (kept === undefined || kept.doubted || kept.outdatedAt !== undefined) return undefined;
    if (kept.rulebook.version < atLeast || !this.options.watch?.isCurrent(providerId)) return undefined;
    return { rulebook: kept.rulebook, stale: false };
  }

  private async loadAtLeast(db: Knex, providerId: string, atLeast: number): Promise<CurrentRules> {
    return newEnough(await this.current(db, providerId), atLeast);
  }

  /** Loads newer rules while quotes use the old ones; a quote that can no longer wait receives the error, if any. */
  private refresh(db: Knex, providerId: string): void {
    if (!db.isTransaction && !this.loading.has(providerId)) this.load(db, providerId).catch(() => undefined);
  }

  /** Returns the provider's rules as they are now: asks the database for their version. */
  async current(db: Knex, providerId: string): Promise<Rulebook> {
    const version = await catalogVersion(db, providerId);
    if (version === undefined) throw new NotFound('The provider does not exist.');
    return (await this.atLeast(db, providerId, version)).rulebook;
  }

  /**
   * After this process has written the provider's rules: makes the new ones ready before the write is answered, while
   * quotes go on by the old ones. Where that takes long, the next quote waits for it instead. Rules that are written in a
   * transaction which goes on hold from its end on, and not here.
   */
  async afterWrite(db: Knex, providerId: string, written: PublishedRules): Promise<void> {
    const keptVersion = this.kept.versionOf(providerId);
    if (this.options.watch === undefined || db.isTransaction || keptVersion === undefined) return;
    const { version, news } = written;
    // The next version of what is kept need not be read.
    if (news !== undefined && keptVersion === version - 1 && !this.loading.has(providerId)) {
      this.load(db, providerId, written).catch(() => undefined);
    }
    const read = this.atLeast(db, providerId, version).then(
      () => true,
      () => false,
    );
    if (!(await within(PATIENCE_MS, read))) this.invalidate(providerId);
  }

  /** Notes that the provider's rules may be others than the kept ones. */
  invalidate(providerId: string): void {
    this.kept.doubt(providerId);
  }

  /** Forgets the provider's rules, also those that are being read: after this process has removed it. */
  forget(providerId: string): void {
    this.loading.delete(providerId);
    this.kept.drop(providerId);
  }

  /** How much is kept, and for how long newer rules have been known than some of it. */
  get state(): { rulebooks: number; bytes: number; outdatedSeconds: number } {
    let since = performance.now();
    for (const { outdatedAt = since } of this.kept.ready()) since = Math.min(since, outdatedAt);
    return { rulebooks: this.kept.size, bytes: this.kept.bytes, outdatedSeconds: (performance.now() - since) / 1_000 };
  }

  /** Returns the providers whose rules are kept. */
  providers(): Iterable<string> {
    return this.kept.providers();
  }

  /** Notes which version the provider's rules have. */
  onVersions(providerId: string, versions: ProviderVersions | undefined): void {
    const version = this.kept.versionOf(providerId);
    if (version === undefined) return;
    if (versions === undefined) this.kept.drop(providerId);
    else if (versions.catalog > version) this.kept.outdate(providerId);
  }

  /** Kept rules that are new enough, or what is being read, or a reading of its own. */
  private async atLeast(db: Knex, providerId: string, version: number): Promise<Kept> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const kept = this.kept.get(providerId);
      if (kept !== undefined && kept.rulebook.version >= version) {
        kept.doubted = false;
        return kept;
      }
      const loaded = await this.join(db, providerId);
      if (loaded.rulebook.version >= version) return loaded;
    }
    throw new Unavailable('The rules are being rewritten; try again.');
  }

  /** A transaction joins only a reading that has its connection: one that still waits for one may wait for the transaction. */
  private join(db: Knex, providerId: string): Promise<Kept> {
    const loading = this.loading.get(providerId);
    return loading && (loading.inTransaction || !db.isTransaction) ? loading.kept : this.load(db, providerId);
  }

  private load(db: Knex, providerId: string, written?: PublishedRules): Promise<Kept> {
    const kept = readRules(db, providerId, this.kept.get(providerId), this.options.note, written)
      .then((rules) => {
        if (this.loading.get(providerId)?.kept === kept) this.kept.keep(providerId, rules);
        return rules;
      })
      .finally(() => {
        if (this.loading.get(providerId)?.kept === kept) this.loading.delete(providerId);
      });
    this.loading.set(providerId, { kept, inTransaction: db.isTransaction ?? false });
    return kept;
  }
}

function newEnough(rulebook: Rulebook, atLeast: number): CurrentRules {
  if (rulebook.version >= atLeast) return { rulebook, stale: false };
  const detail = `is newer than the catalog, which has version ${rulebook.version}`;
  throw new RequestRefused('invalid_request', [
    { pointer: `/headers/${VERSION_HEADER}`, code: 'catalog_version', detail },
  ]);
}

function isOverdue({ outdatedAt }: Kept): boolean {
  return outdatedAt !== undefined && performance.now() - outdatedAt >= PATIENCE_MS;
}

/** Reads and compiles the rules, unless what the next version has written is known. */
async function readRules(
  db: Knex,
  providerId: string,
  before: Kept | undefined,
  note?: Note,
  written?: PublishedRules,
): Promise<Kept> {
  const catalog =
    before !== undefined && written?.news !== undefined
      ? await nextCatalog(before.catalog, written.version, written.news)
      : await loadCatalog(db, providerId, before?.catalog);
  const types = await typesOf(catalog, before, note);
  const rulebook = await inSlices(compileInSteps(catalog, before?.rulebook, types));
  return { rulebook, catalog, bytes: catalog.bytes ?? sizeOf(catalog), doubted: false, outdatedAt: undefined };
}

/** Returns the provider's types made ready: the same object as before, where none of them was written since. */
async function typesOf(catalog: LoadedCatalog, before: Kept | undefined, note?: Note): Promise<CustomTypes> {
  const known = before?.catalog;
  const { conditionTypes, discountTypes } = catalog;
  if (known?.conditionTypes === conditionTypes && known.discountTypes === discountTypes) {
    return before?.rulebook.types ?? NO_CUSTOM_TYPES;
  }
  return inSlices(customTypesInSteps(catalog, note));
}

function sizeOf({ promotions, discounts, relatedProducts, upgradePaths, plans }: LoadedCatalog): number {
  const rules = promotions.reduce((sum, { filed }) => sum + Math.max(1, filed.discounts.length), 0);
  return BYTES_PER_RULE * (1 + rules + discounts.length + relatedProducts.length + upgradePaths.length + plans.length);
}
