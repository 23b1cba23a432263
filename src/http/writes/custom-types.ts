import type { CustomType, CustomTypeInput } from '../../engine/rulebook/custom-type';
import { checkCustomType } from '../../expressions/custom-types';
import type { ExpressionKind } from '../../expressions/environment';
import {
  createCustomType,
  getCustomType,
  lockCustomType,
  removeCustomType,
  replaceCustomType,
} from '../../store/catalog/custom-types';
import { assertValid } from '../answers/problem';
import { requireVersion, respond } from '../answers/versions';
import type { Context } from '../context';
import { recordedWrite } from './audit';
import { inCatalogTransaction } from './transaction';

/** A provider's own types of one kind, addressed by name. */
export class OwnTypes {
  private readonly audited: 'condition_type' | 'discount_type';

  constructor(
    private readonly context: Context,
    private readonly kind: ExpressionKind,
  ) {
    this.audited = kind === 'condition' ? 'condition_type' : 'discount_type';
  }

  /** Reads one type. */
  async get(name: string): Promise<CustomType> {
    const { db, providerId } = this.context;
    return respond(this.context, await getCustomType(db, providerId, this.kind, name));
  }

  /** Saves a new type. */
  async create(body: CustomTypeInput): Promise<CustomType> {
    const { context, kind } = this;
    const input = this.valid(body);
    const saved = await inCatalogTransaction(context, async (trx) =>
      recordedWrite(context, trx, this.audited, {
        after: await createCustomType(trx, context.providerId, kind, input, context.now()),
      }),
    );
    context.response.location(`${context.request.path.replace(/\/$/, '')}/${saved.name}`);
    return respond(context, saved);
  }

  /** Writes a type as `edit` says. */
  async change(name: string, edit: (stored: CustomType) => CustomTypeInput): Promise<CustomType> {
    const { context, kind } = this;
    const { providerId } = context;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockCustomType(trx, providerId, kind, name));
      const input = this.valid(edit(stored));
      return recordedWrite(context, trx, this.audited, {
        before: stored,
        after: await replaceCustomType(trx, providerId, kind, stored, input, context.now()),
      });
    });
    return respond(context, saved);
  }

  /** Removes a type. */
  async remove(name: string): Promise<void> {
    const { context, kind } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockCustomType(trx, context.providerId, kind, name));
      await removeCustomType(trx, context.providerId, kind, stored);
      await recordedWrite(context, trx, this.audited, { before: stored });
    });
  }

  private valid(input: CustomTypeInput): CustomTypeInput {
    return assertValid(input, (type) => checkCustomType(type, this.kind));
  }
}
