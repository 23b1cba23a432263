import type { Knex } from 'knex';
import { type AuditAction, type AuditedType, type Author, recordChanges } from '../../store/audit-log';
import { boundedText } from '../answers/answer';
import type { Context } from '../context';

/** A resource before and after a write: only before, it is removed; only after, it is new. */
interface States {
  before?: { id: string };
  after?: { id: string };
}

const ACTIONS: Readonly<Record<string, AuditAction>> = {
  POST: 'create',
  PUT: 'replace',
  PATCH: 'patch',
  DELETE: 'remove',
};

/** Records a write of one resource in the transaction that it happens in; returns the resource as it became. */
export async function recordedWrite<S extends States>(
  context: Context,
  trx: Knex.Transaction,
  resourceType: AuditedType,
  states: S,
  providerId = context.providerId,
): Promise<S['after']> {
  const { before, after } = states;
  // What could not be answered is not written either.
  if (after !== undefined) boundedText(after);
  const resourceId = (after ?? before)?.id ?? '';
  // A condition that is added to its owner, or removed from it, is a change of the owner.
  const kept = before !== undefined && after !== undefined;
  const action = kept && context.request.method !== 'PUT' ? 'patch' : (ACTIONS[context.request.method] ?? 'patch');
  const change = { action, resourceType, resourceId, before, after };
  context.changes.push(change);
  await recordChanges(trx, providerId, authorOf(context), [change]);
  return after;
}

/** Who sent the request. */
export function authorOf(context: Context): Author {
  const { keyId, requestId } = context;
  return { at: context.now(), actor: keyId ?? 'admin', keyKind: keyId === undefined ? 'admin' : 'secret', requestId };
}
