import { kindOf } from '../conditions/index';
import type { AppliedDiscount, Declined } from '../decision/applied-discount';
import type { UnmetCondition } from '../vocabulary/reasons';
import type { Quote } from './answer';
import type { QuoteRequest } from './quote-request';

/** Something with a name. */
type Named = Partial<Pick<AppliedDiscount, 'name' | 'title'>>;

/** A quote that can be reduced for a storefront. */
export interface Shown extends Pick<Quote, 'declined'> {
  readonly discounts: readonly Named[];
}

/** Every other condition is named without its parameters. */
const TOLD_TO_ALL: ReadonlySet<string> = new Set([
  'conditionId',
  'type',
  'of',
  'title',
  'group',
  'negate',
  'reason',
  'pointer',
]);

/**
 * Returns the part of a quote that anybody may see: no names and notes of the back office, nothing of customers,
 * recipients, budgets and limits. The quote itself is changed: it was made for this answer.
 */
export function showOnStorefront<T extends Shown>(quote: T): T {
  for (const discount of quote.discounts) hideName(discount);
  if (quote.declined.length > 0) quote.declined = quote.declined.filter(isForAll).map(publicReason);
  return quote;
}

/** Removes the customer's id, which a visitor may claim but not prove. */
export function withoutCustomerId<T extends Pick<QuoteRequest, 'customer'>>(request: T): T {
  if (request.customer?.id === undefined) return request;
  const { id: _, ...customer } = request.customer;
  return { ...request, customer };
}

function hideName(discount: Named): void {
  if (discount.title !== undefined) discount.name = undefined;
}

/** A rule's recipients are confidential. */
function isForAll({ reason }: Declined): boolean {
  return reason !== 'not_recipient';
}

function publicReason({ name: _, unmet, ...told }: Declined): Declined {
  return unmet === undefined ? told : { ...told, unmet: unmet.map(publicCondition) };
}

function publicCondition(condition: UnmetCondition): UnmetCondition {
  if (kindOf(condition).judgesLines || condition.of === 'line') return condition;
  const told = Object.entries(condition).filter(([name]) => TOLD_TO_ALL.has(name));
  return Object.fromEntries(told) as unknown as UnmetCondition;
}
