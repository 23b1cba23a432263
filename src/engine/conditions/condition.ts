import type { CustomTypes } from '../cart/custom-types';
import type { PricedCart } from '../cart/priced-cart';
import type { Window } from '../time/instant';
import type { AttributeChoice } from '../vocabulary/attributes';
import type { Keys } from '../vocabulary/keys';
import type { FieldError } from '../vocabulary/problem';
import type { UnmetCondition } from '../vocabulary/reasons';
import type { ServerMade, Term } from '../vocabulary/resource';
import type { Warned } from '../vocabulary/warning';

/** What every condition has beside its type's own parameters. */
export interface ConditionBase extends ServerMade, Warned {
  /** Inside a group one condition is enough; every group, and every condition without one, must hold. */
  group?: Term;
  /**
   * Whether the condition must not hold; a missing fact fails either way.
   * @default false
   */
  negate?: boolean;
}

/** What a condition may know of the rule that it belongs to. */
export interface RuleContext extends Window {
  /** Whether a valid code of the rule's promotion takes a place. */
  readonly hasCode: boolean;
  /** Uses of the rule by the request's customer. */
  readonly customerUses: number;
  /** Whether the quote is to be redeemed. */
  readonly redeeming: boolean;
}

/** The numbers behind a judgement, as a customer may read them. */
export interface Numbers {
  actual?: AttributeChoice | string[];
  /** How many entries `actual` leaves out. */
  furtherActual?: number;
  required?: AttributeChoice | AttributeChoice[];
  /** How many entries `required` leaves out. */
  furtherRequired?: number;
  /** For `gte` and `eq`. */
  missing?: string | number;
}

/** A condition's judgement: it holds or not, or it cannot be judged. */
export type Verdict =
  | { readonly kind: 'judged'; readonly holds: boolean; readonly numbers?: () => Numbers }
  | { readonly kind: 'missing_fact'; readonly pointer: string | undefined }
  | { readonly kind: 'currency_not_priced' }
  | { readonly kind: 'limit_reached' }
  | { readonly kind: 'expression_failed' };

/** A condition made ready: judges a cart in the context of its rule; pure. */
export type Judge = (cart: PricedCart, rule: RuleContext) => Verdict;

/** A kind of condition: its name for the merchant, and how one is made ready. The comment of its interface describes it. */
export interface ConditionKind<C> {
  /** Its name for a form. */
  readonly title: string;
  /** Whether it holds only with a code of its promotion. */
  readonly needsCode?: true;
  /** Whether a rule that needs it counts once per customer. */
  readonly oncePerCustomer?: true;
  /** Whether it judges the lines of the cart alone: its sender may know its numbers. */
  readonly judgesLines?: true;
  /** Parses the parameters once; the judge is called for every cart. */
  prepare(condition: C, types: CustomTypes): Judge;
  /** Finds what the schema cannot say, beside what is wrong with a selector. */
  check?(condition: C, types: CustomTypes): FieldError[];
  /** Returns the keys of which a cart must bring one, in every way that is known; none: any cart may do. */
  keys?(condition: C): (Keys | undefined)[];
  /** Returns what else is said of it where it is unmet. */
  told?(condition: C, types: CustomTypes): Told;
}

/** What is said of an unmet condition beside its numbers. */
export type Told = Pick<UnmetCondition, 'of' | 'name' | 'title'>;

/** A kind of condition with a number that customers can do something about. */
export interface NumberedKind<C> extends ConditionKind<C> {
  /** Returns how much is missing until it holds. */
  lacking(numbers: Numbers | undefined): string | number | undefined;
}

/** It holds. */
export const HOLDS: Verdict = { kind: 'judged', holds: true };

/** It does not hold, and there are no numbers to it. */
export const FAILS: Verdict = { kind: 'judged', holds: false };

/** Returns the verdict of a plain yes or no. */
export function verdict(holds: boolean): Verdict {
  return holds ? HOLDS : FAILS;
}

/** Returns the verdict where the request lacks the fact at `pointer`. */
export function missingFact(pointer: string): Verdict {
  return { kind: 'missing_fact', pointer };
}
