import type { Knex } from 'knex';
import type { Status } from '../../engine/vocabulary/resource';
import { pipelined } from '../database/pipelined';
import { toInstant, withoutNulls } from '../database/rows';
import { schedulePromotions } from './due-events';
import type { PromotionEvent } from './event';
import type { PromotionFacts } from './event-facts';
import { recordEvents } from './record-events';

/** As much of a promotion's row as an event tells. */
export interface PromotionState {
  id: string;
  key: string | null;
  name: string;
  status: Status;
  starts_at: Date | null;
  ends_at: Date | null;
  version: number;
}

/** A write of a promotion; without a status before, it is new. */
export interface WrittenPromotion {
  before?: Status | undefined;
  after: PromotionState;
}

/** Reports of written promotions, and notes when their windows begin and end. */
export async function recordPromotions(
  trx: Knex.Transaction,
  providerId: string,
  written: readonly WrittenPromotion[],
): Promise<void> {
  const events = written.map(({ before, after }) => ({ type: typeOf(before, after.status), data: factsOf(after) }));
  const dated = written.map(({ after }) => after);
  await pipelined(
    trx,
    () => recordEvents(trx, providerId, events),
    () => schedulePromotions(trx, providerId, dated),
  );
}

/** Reports of a promotion that is removed, as one that is archived for good. */
export async function recordRemovedPromotion(
  trx: Knex.Transaction,
  providerId: string,
  promotion: PromotionState,
): Promise<void> {
  const data = { ...factsOf(promotion), removed: true };
  await recordEvents(trx, providerId, [{ type: 'promotion.archived', data }]);
}

function typeOf(before: Status | undefined, after: Status): PromotionEvent['type'] {
  if (before === undefined) return 'promotion.created';
  return after === 'archived' && before !== 'archived' ? 'promotion.archived' : 'promotion.updated';
}

function factsOf({ id, key, name, status, starts_at, ends_at, version }: PromotionState): PromotionFacts {
  return {
    promotionId: id,
    ...withoutNulls({ key, name, status, startsAt: toInstant(starts_at), endsAt: toInstant(ends_at) }),
    version,
  };
}
