import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import { checkCondition } from '../../engine/rulebook/checks';
import { inOrder, type Stored } from '../../engine/vocabulary/resource';
import type { AuditedType } from '../../store/audit-log';
import { typesUsedBy } from '../../store/catalog/custom-types';
import { NotFound } from '../../store/database/errors';
import { addressOf, type ResourceRef } from '../../store/database/requests';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { assertValid, type HttpProblem, invalid } from '../answers/problem';
import { requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from './audit';
import { inCatalogTransaction } from './transaction';
import { warned, warningsAt } from './warnings';

/** What has conditions. */
interface Owner {
  id: string;
  conditions?: Condition[];
}

/** How the resources that have conditions are read and written. */
export interface ConditionOwners<O extends Owner> {
  type: AuditedType;
  get(db: Knex, providerId: string, address: ResourceRef): Promise<O | undefined>;
  lock(trx: Knex.Transaction, providerId: string, address: ResourceRef): Promise<O | undefined>;
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

  /** Lists a page of the conditions, in the order of their creation. */
  async list(limit: PageLimit | undefined, cursor: Cursor | undefined): Promise<Page<Condition>> {
    const conditions = inOrder(await this.read());
    return page(limit, cursor, async ({ limit: most, after = '' }) =>
      conditions.filter(({ id }) => id > after).slice(0, most),
    );
  }

  /** Reads one condition. */
  async get(conditionId: string): Promise<Condition> {
    return respond(this.context, withId(await this.read(), conditionId));
  }

  /** Adds a condition at the end of the list. */
  async create(input: Condition): Promise<Condition> {
    const { id: _ignored, ...fields } = input;
    const saved = await this.edit(
      async (conditions, trx) => {
        await this.assert(trx, input);
        return [...conditions, fields];
      },
      (all) => all.at(-1),
    );
    return respondCreated(this.context, saved as StoredCondition);
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
    await this.edit(
      async (conditions) => {
        const stored = requireVersion(this.context, withId(conditions, conditionId));
        return conditions.filter((condition) => condition !== stored);
      },
      () => undefined,
    );
  }

  private async change(conditionId: string, edit: (stored: StoredCondition) => Condition): Promise<Condition> {
    const edited = async (conditions: readonly StoredCondition[], trx: Knex.Transaction) => {
      const stored = requireVersion(this.context, withId(conditions, conditionId));
      const input = { ...(await this.assert(trx, edit(stored))), id: stored.id };
      return conditions.map((condition) => (condition === stored ? input : condition));
    };
    return respond(this.context, await this.edit(edited, (saved) => withId(saved, conditionId)));
  }

  private async read(): Promise<StoredCondition[]> {
    return conditionsOf(await this.owners.get(this.context.db, this.context.providerId, addressOf(this.ownerId)));
  }

  private async assert(trx: Knex.Transaction, input: Condition): Promise<Condition> {
    const types = await typesUsedBy(trx, this.context.providerId, { conditions: [input] });
    return assertValid(input, (condition) => checkCondition(condition, types));
  }

  /** Returns the condition that was written, with the likely mistakes in it. */
  private async edit(
    change: (conditions: readonly StoredCondition[], trx: Knex.Transaction) => Promise<Condition[]>,
    find: (saved: readonly StoredCondition[]) => StoredCondition | undefined,
  ): Promise<StoredCondition | undefined> {
    const { context, owners } = this;
    return inCatalogTransaction(context, async (trx) => {
      const owner = await owners.lock(trx, context.providerId, addressOf(this.ownerId));
      const conditions = await change(conditionsOf(owner), trx);
      if (conditions.length > MOST_CONDITIONS) throw tooMany();
      const before = owner as O;
      const after = await owners.replace(trx, context.providerId, before, { ...before, conditions }, context.now());
      await recordedWrite(context, trx, owners.type, { before, after });
      const saved = conditionsOf(after);
      const written = find(saved);
      if (written === undefined) return undefined;
      const part = `/conditions/${saved.indexOf(written)}`;
      return warned(written, await warningsAt(context, trx, { type: owners.type, resource: after, part }));
    });
  }
}

/** As many as an owner may be saved with. */
const MOST_CONDITIONS = 200;

function tooMany(): HttpProblem {
  const detail = `has ${MOST_CONDITIONS} conditions already, the maximum`;
  return invalid([{ pointer: '', code: 'max_items', detail }]);
}

function conditionsOf(owner: { conditions?: Condition[] } | undefined): StoredCondition[] {
  if (owner === undefined) throw new NotFound();
  // What the store answers has its server-made part.
  return (owner.conditions ?? []) as StoredCondition[];
}

function withId(conditions: readonly StoredCondition[], id: string): StoredCondition | undefined {
  return conditions.find((condition) => condition.id === id);
}
