import type { Reason, UnmetCondition } from '../vocabulary/reasons';

/** A rule that applies. */
export interface Eligible {
  readonly applies: true;
  /** Whether its uses count once per customer: it holds by a purchase. */
  readonly oncePerCustomer: boolean;
}

/** Why a rule does not apply. */
export interface Refusal {
  readonly applies: false;
  readonly reason: Reason;
  /** Where in the request the fact is missing, where that is the reason and no condition tells. */
  readonly pointer?: string;
  /** Returns the conditions that do not hold, where these are the reason. */
  unmet?(): UnmetCondition[];
}

/** A rule that applies without a purchase. */
export const ELIGIBLE: Eligible = { applies: true, oncePerCustomer: false };

/** Creates a refusal for a missing fact, with its place in the request. */
export function missingFact(pointer: string | undefined): Refusal {
  return { applies: false, reason: 'missing_fact', ...(pointer !== undefined && { pointer }) };
}

/** Creates a refusal that has only a reason. */
export function refusal(reason: Reason): Refusal {
  return { applies: false, reason };
}
