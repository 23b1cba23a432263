import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import { checkCondition } from '../../engine/rulebook/checks';
import type { Stored } from '../../engine/vocabulary/resource';
import type { AuditedType } from '../../store/audit-log';
import { type Address, addressOf } from '../../store/database/address';
import { NotFound } from '../../store/database/errors';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { created, current, found } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { audited } from './audit';
import { checked } from './checked';
import { writeCatalog } from './write';

/** What has conditions. */
interface Owner {
  id: string;
  conditions?: Condition[];
}

/** How the resources that have conditions are read and written. */
export interface ConditionOwners<O extends Owner> {
  type: AuditedType;
  get(db: Knex, providerId: string, address: Address): Promise<O | undefined>;
  lock(trx: Knex.Transaction, providerId: string, address: Address): Promise<O | undefined>;
  replace(trx: Knex.Transaction, providerId: string, stored: O, input: O, at: Date): Promise<O>;
}

/** A condition as the store answers it. */
type StoredCondition = Condition & Stored;

/** The conditions of one owner, addressed one by one; every write is a write of the owner too. */
export class NestedConditions<O extends Owner> {
  constructor(
    private readonly context: Context,
    private readonly owners: ConditionOwners<O>,
    private readonly ownerId: string,
  ) {}

  /** A part of the conditions, in the order of their creation. */
  async list(limit: PageLimit | undefined, cursor: Cursor | undefined): Promise<Page<Condition>> {
    const conditions = (await this.read()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return page(limit, cursor, async ({ limit: most, after = '' }) =>
      conditions.filter(({ id }) => id > after).slice(0, most),
    );
  }

  /** One condition. */
  async get(conditionId: string): Promise<Condition> {
    return found(this.context, withId(await this.read(), conditionId));
  }

  /** Adds a condition at the end of the list. */
  async create(input: Condition): Promise<Condition> {
    const { id: _ignored, ...fields } = checked(input, checkCondition);
    const saved = await this.edit((conditions) => [...conditions, fields]);
    return created(this.context, saved.at(-1) as StoredCondition);
  }

  /** Writes a condition in its place. */
  async replace(conditionId: string, input: Condition): Promise<Condition> {
    return this.change(conditionId, () => input);
  }

  /** Lays a patch over a condition. */
  async patch(conditionId: string, body: MergePatch): Promise<Condition> {
    return this.change(conditionId, (stored) => patched<Condition>('Condition', stored, body));
  }

  /** Removes a condition. */
  async remove(conditionId: string): Promise<void> {
    await this.edit((conditions) => {
      const stored = current(this.context, withId(conditions, conditionId));
      return conditions.filter((condition) => condition !== stored);
    });
  }

  private async change(conditionId: string, edit: (stored: StoredCondition) => Condition): Promise<Condition> {
    const saved = await this.edit((conditions) => {
      const stored = current(this.context, withId(conditions, conditionId));
      const input = { ...checked(edit(stored), checkCondition), id: stored.id };
      return conditions.map((condition) => (condition === stored ? input : condition));
    });
    return found(this.context, withId(saved, conditionId));
  }

  private async read(): Promise<StoredCondition[]> {
    return conditionsOf(await this.owners.get(this.context.db, this.context.providerId, addressOf(this.ownerId)));
  }

  private async edit(change: (conditions: readonly StoredCondition[]) => Condition[]): Promise<StoredCondition[]> {
    const { context, owners } = this;
    return writeCatalog(context, async (trx) => {
      const owner = await owners.lock(trx, context.providerId, addressOf(this.ownerId));
      const conditions = change(conditionsOf(owner));
      const before = owner as O;
      const after = await owners.replace(trx, context.providerId, before, { ...before, conditions }, context.now());
      await audited(context, trx, owners.type, { before, after });
      return conditionsOf(after);
    });
  }
}

function conditionsOf(owner: { conditions?: Condition[] } | undefined): StoredCondition[] {
  if (owner === undefined) throw new NotFound();
  // What the store answers has its server-made part.
  return (owner.conditions ?? []) as StoredCondition[];
}

function withId(conditions: readonly StoredCondition[], id: string): StoredCondition | undefined {
  return conditions.find((condition) => condition.id === id);
}
