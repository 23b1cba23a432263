import type { Eligible, Refusal } from '../conditions/eligibility';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import type { Candidate } from './candidate';
import { judgeDiscount, judgeRights } from './discounts';
import { type JudgingContext, judgePromotion } from './promotions';

/** Judges rules of one cart, with the promotions whose code is valid and in the request. */
export class RuleJudge {
  /** Of promotions with several discounts, so that each is judged once. */
  #standings: Map<PromotionRule, Eligible | Refusal> | undefined;

  constructor(
    private readonly judging: JudgingContext,
    private readonly withCode: ReadonlySet<string>,
  ) {}

  /** Returns how a promotion stands. */
  promotion(rule: PromotionRule): Eligible | Refusal {
    if (rule.isSingle) return judgePromotion(rule, this.#opens(rule), this.judging);
    this.#standings ??= new Map();
    const standing = this.#standings.get(rule) ?? judgePromotion(rule, this.#opens(rule), this.judging);
    this.#standings.set(rule, standing);
    return standing;
  }

  /** Returns how a discount stands. */
  discount(rule: DiscountRule): Candidate | Refusal {
    const { promotion } = rule;
    const hasCode = promotion !== undefined && this.#opens(promotion);
    return judgeDiscount(rule, hasCode, promotion && this.promotion(promotion), this.judging);
  }

  /** Adds every right by which a discount could apply. */
  collect(rule: DiscountRule, into: Candidate[]): void {
    if (this.judging.facts.grants.length === 0) {
      const judged = this.discount(rule);
      if (judged.applies) into.push(judged);
      return;
    }
    const { promotion } = rule;
    const hasCode = promotion !== undefined && this.#opens(promotion);
    const { own, kept } = judgeRights(rule, hasCode, promotion && this.promotion(promotion), this.judging);
    for (const judged of [own, ...kept]) if (judged.applies) into.push(judged);
  }

  #opens({ id }: PromotionRule): boolean {
    return this.withCode.size > 0 && this.withCode.has(id);
  }
}
