import type { PricedCart } from '../cart/priced-cart';
import type { Decided } from '../decision/decision';
import { grantsOf } from '../decision/granting';
import type { Totals } from '../decision/quoted-line';
import { usesOf } from '../decision/uses';
import type { Candidate } from '../judging/candidate';
import type { GrantFact, GrantToRecord, Use } from '../judging/facts';
import type { Quote } from './answer';

/** The part of a quote that tells what its lines cost. */
export interface Prices extends Pick<Quote, 'lines' | 'discounts'> {
  /** The whole cart, setup fees included. */
  readonly totals: Totals;
}

/** A quote, or a part of it, and what redeeming it would count and record. */
export interface Evaluation<Told = Omit<Quote, 'digest'>> {
  /** The answer, but for its digest. */
  readonly quote: Told;
  /** The uses that a redemption counts. */
  readonly uses: Use[];
  /** Those of them that a later quote can tell apart: of what has limits, and of grants. */
  readonly limitedUses: Use[];
  /** The grants that a redemption records. */
  readonly grants: GrantToRecord[];
  /** The grants that a redemption makes use of; they must still be what they were. */
  readonly usedGrants: readonly GrantFact[];
}

/** Works out what a redemption asks for where it is asked. */
export class Evaluated<Told> implements Evaluation<Told> {
  readonly #cart: PricedCart;
  readonly #decided: Decided;

  constructor(
    readonly quote: Told,
    cart: PricedCart,
    decided: Decided,
  ) {
    this.#cart = cart;
    this.#decided = decided;
  }

  get uses(): Use[] {
    return usesOf(this.#cart, this.#decided.priced.applied, this.#decided.codes);
  }

  get limitedUses(): Use[] {
    const limited = this.#decided.priced.applied.filter(isLimited);
    return limited.length === 0 ? [] : usesOf(this.#cart, limited, this.#decided.codes);
  }

  get grants(): GrantToRecord[] {
    return grantsOf(this.#cart, this.#decided.priced.applied);
  }

  get usedGrants(): readonly GrantFact[] {
    return this.#decided.priced.applied.flatMap(({ grant }) => grant ?? []);
  }
}

function isLimited({ grant, rule }: Candidate): boolean {
  return grant !== undefined || rule.counted || rule.promotion?.tracksUsage === true;
}
