import type { Knex } from 'knex';
import type { CustomTypes } from '../../engine/cart/custom-types';
import type { FieldError } from '../../engine/vocabulary/problem';
import type { Stored } from '../../engine/vocabulary/resource';
import type { AuditedType } from '../../store/audit-log';
import { typesUsedBy } from '../../store/catalog/custom-types';
import { pipelined } from '../../store/database/pipelined';
import { addressOf, type ResourceRef } from '../../store/database/requests';
import { assertValid } from '../answers/problem';
import { requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from './audit';
import type { inTransaction } from './transaction';
import { withWarnings } from './warnings';

/** How stored resources of one type are checked and written; `I` is what a client saves, `R` the resource as stored. */
export interface ChangeableResource<R extends Stored, I extends object> {
  /** The type in the audit log. */
  type: AuditedType;
  /** The schema of what a client saves. */
  schema: string;
  /** What surrounds a write: of rules `inCatalogTransaction`, else `inTransaction`. */
  transaction: typeof inTransaction;
  /** Finds what a stored resource cannot become. */
  checkChange?(stored: R, input: I): FieldError[];
  /** Finds what no schema can say, of a rule by the provider's types that it names. */
  check?(input: I, types: CustomTypes): FieldError[];
  /** Reads a resource and holds it until the transaction ends. */
  lock(trx: Knex.Transaction, providerId: string, address: ResourceRef): Promise<R | undefined>;
  /** Writes a locked resource. */
  replace(trx: Knex.Transaction, providerId: string, stored: R, input: I, at: Date): Promise<R>;
  /** Removes a locked resource. */
  remove(trx: Knex.Transaction, providerId: string, stored: R, at: Date): Promise<void>;
}

/** Locks what no client gives a key: its path names an id. */
export function byId<R>(lock: (trx: Knex.Transaction, providerId: string, id: string) => Promise<R | undefined>) {
  return async (trx: Knex.Transaction, providerId: string, address: ResourceRef): Promise<R | undefined> =>
    'id' in address ? lock(trx, providerId, address.id) : undefined;
}

/** How the resources of one type are also made. */
export interface WritableResource<R extends Stored, I extends object> extends ChangeableResource<R, I> {
  create(trx: Knex.Transaction, providerId: string, input: I, at: Date): Promise<R>;
}

/**
 * The writes of stored resources of one type. Each is checked, compared with `If-Match` under a lock, written and audited in one
 * transaction, and answered with the resource, its `ETag` and the likely mistakes in it.
 */
export class ResourceChanges<
  R extends Stored,
  I extends object,
  Resource extends ChangeableResource<R, I> = ChangeableResource<R, I>,
> {
  constructor(
    protected readonly context: Context,
    protected readonly resource: Resource,
    protected readonly providerId = context.providerId,
  ) {}

  /** Writes a resource anew. */
  async replace(id: string, input: I): Promise<R> {
    return this.change(id, () => input);
  }

  /** Lays a patch over a resource. */
  async patch(id: string, body: MergePatch): Promise<R> {
    return this.change(id, (stored) => patched<I>(this.resource.schema, stored, body));
  }

  /** Removes a resource. */
  async remove(id: string): Promise<void> {
    const { context, resource, providerId } = this;
    await resource.transaction(context, async (trx) => {
      const before = await this.locked(trx, id);
      await resource.remove(trx, providerId, before, context.now());
      await recordedWrite(context, trx, resource.type, { before }, providerId);
    });
  }

  private async change(id: string, edit: (stored: R) => I): Promise<R> {
    const { context, resource, providerId } = this;
    const saved = await resource.transaction(context, async (trx) => {
      const before = await this.locked(trx, id);
      const edited = assertValid(edit(before), (one) => resource.checkChange?.(before, one) ?? []);
      const input = await this.checked(trx, edited);
      const after = await resource.replace(trx, providerId, before, input, context.now());
      return this.recorded(trx, { before, after });
    });
    return respond(context, saved);
  }

  /** Returns what was written with the likely mistakes in it, which are looked for while it is recorded. */
  protected async recorded(trx: Knex.Transaction, states: { before?: R; after: R }): Promise<R> {
    const { context, resource, providerId } = this;
    const [, warned] = await pipelined(
      trx,
      () => recordedWrite(context, trx, resource.type, states, providerId),
      () => withWarnings({ providerId }, trx, resource.type, states.after),
    );
    return warned;
  }

  private async locked(trx: Knex.Transaction, id: string): Promise<R> {
    const stored = await this.resource.lock(trx, this.providerId, addressOf(id));
    return requireVersion(this.context, stored);
  }

  protected async checked(trx: Knex.Transaction, input: I): Promise<I> {
    const { check } = this.resource;
    if (check === undefined) return input;
    const types = await typesUsedBy(trx, this.providerId, input);
    return assertValid(input, (one) => check(one, types));
  }
}

/** The writes of one type of resource, new ones too. */
export class ResourceWrites<R extends Stored, I extends object> extends ResourceChanges<R, I, WritableResource<R, I>> {
  /** Saves a new resource; `collection` is its path where the request has another one. */
  async create(input: I, collection?: string): Promise<R> {
    const { context, resource, providerId } = this;
    const saved = await resource.transaction(context, async (trx) => {
      const checked = await this.checked(trx, input);
      const after = await resource.create(trx, providerId, checked, context.now());
      return this.recorded(trx, { after });
    });
    return respondCreated(context, saved, collection);
  }
}
