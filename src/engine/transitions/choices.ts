import type { PricedCart } from '../cart/priced-cart';
import type { Subscription, TransitionChoice } from '../cart/subscription';
import type { FieldError } from '../vocabulary/problem';

/** A choice of the customer, and its place in the request. */
export interface Choice extends TransitionChoice {
  readonly index: number;
}

/** The customer's choices. */
export interface Choices {
  readonly byLine: ReadonlyMap<string, Choice>;
  /** What is wrong with the choices themselves. */
  readonly errors: FieldError[];
}

/** Reads the choices of a request; one that names what is not there, or contradicts another, is an error. */
export function readChoices({ request, lines }: PricedCart): Choices {
  const byLine = new Map<string, Choice>();
  const errors: FieldError[] = [];
  const lineIds = new Set(lines.map(({ id }) => id));
  const subscriptionIds = new Set((request.subscriptions ?? []).map(({ id }) => id));
  const given = Array.isArray(request.transitions) ? request.transitions : [];
  const converted = countConverted(given);
  for (const [index, chosen] of given.entries()) {
    const { lineId, subscriptionId } = chosen;
    const choice: Choice = { lineId, subscriptionId, choice: chosen.choice, index };
    if (!lineIds.has(lineId)) {
      errors.push(errorAt(choice, 'lineId', 'unknown_line', `There is no line "${lineId}".`));
    } else if (byLine.has(lineId)) {
      errors.push(errorAt(choice, 'lineId', 'duplicate_id', `Line "${lineId}" has two choices.`));
    }
    if (subscriptionId !== undefined && !subscriptionIds.has(subscriptionId)) {
      const detail = `There is no subscription "${subscriptionId}".`;
      errors.push(errorAt(choice, 'subscriptionId', 'unknown_subscription', detail));
    } else if (choice.choice === 'convert' && (converted.get(subscriptionId) ?? 0) > 1) {
      errors.push(notEligible(choice, `Subscription "${subscriptionId}" is chosen for several lines; it ends once.`));
    }
    byLine.set(lineId, choice);
  }
  return { byLine, errors };
}

/** Returns the error for a conversion that cannot be carried out. */
export function notEligible(choice: Choice, detail: string): FieldError {
  const member = choice.subscriptionId === undefined ? 'choice' : 'subscriptionId';
  return errorAt(choice, member, 'subscription_not_eligible', detail);
}

/** Returns the error for keeping what a mandatory path replaces. */
export function mandatory(choice: Choice): FieldError {
  const detail = 'This upgrade path is mandatory: the subscription cannot be kept.';
  return errorAt(choice, 'choice', 'transition_mandatory', detail);
}

function errorAt(choice: Choice, member: keyof TransitionChoice, code: string, detail: string): FieldError {
  return { pointer: `${pointerOf(choice)}/${member}`, code, detail };
}

/** Returns the JSON pointer of a choice. */
export function pointerOf({ index }: Choice): string {
  return `/transitions/${index}`;
}

/** Returns how many lines each named subscription is to change over to. */
function countConverted(choices: readonly TransitionChoice[]): ReadonlyMap<Subscription['id'] | undefined, number> {
  const counts = new Map<Subscription['id'] | undefined, number>();
  for (const { choice, subscriptionId } of choices) {
    if (choice !== 'convert' || subscriptionId === undefined) continue;
    counts.set(subscriptionId, (counts.get(subscriptionId) ?? 0) + 1);
  }
  return counts;
}
