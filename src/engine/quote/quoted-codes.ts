import { promotionOrDiscountId } from '../combining/contender';
import type { Decided } from '../decision/decision';
import type { WindowsOfCodes } from '../decision/explanation';
import type { Candidate } from '../judging/candidate';
import type { CheckedCode, CodeByPromotion } from '../judging/codes';
import type { QuotedCode } from './answer';

/** A code that took a place had no effect if its promotion took nothing off, and neither had another code of that promotion. */
export function codeAnswer(code: CheckedCode, opening: CodeByPromotion, { findings, priced }: Decided): QuotedCode {
  if (code.reason !== undefined) return { code: code.code, status: 'declined', reason: code.reason };
  const id = code.fact?.promotionId;
  const isFirst = id !== undefined && opening.get(id)?.code === code.code;
  const applied = priced.applied.some((candidate) => !candidate.byGrant && promotionOrDiscountId(candidate) === id);
  if (isFirst && applied) return { code: code.code, status: 'applied' };
  const lost = firstLost(findings.candidates, id);
  return {
    code: code.code,
    status: 'declined',
    reason: 'promo_code_no_effect',
    ...(lost?.loss !== undefined && !applied && { blockedBy: lost.loss.blockedBy }),
  };
}

/** Describes a known code: its promotion, and its window where that is why it does not apply. */
export function ofCode({ fact, reason }: CheckedCode): Pick<QuotedCode, 'promotionId' | 'startsAt' | 'endsAt'> {
  if (fact === undefined) return {};
  const isOutside = reason === 'promo_code_not_started' || reason === 'promo_code_expired';
  return { promotionId: fact.promotionId, ...(isOutside && { startsAt: fact.startsAt, endsAt: fact.endsAt }) };
}

/** Returns the windows of codes by promotion, where these are why a code does not apply. */
export function windowsOfCodes(codes: readonly CheckedCode[]): WindowsOfCodes {
  if (codes.length === 0) return NO_WINDOWS;
  const windows = new Map<string, Pick<QuotedCode, 'startsAt' | 'endsAt'>>();
  for (const code of codes) {
    const { promotionId = '', startsAt, endsAt } = ofCode(code);
    if (startsAt !== undefined || endsAt !== undefined) windows.set(promotionId, { startsAt, endsAt });
  }
  return windows;
}

const NO_WINDOWS: WindowsOfCodes = new Map();

/** Returns the promotion's first discount that gave way to another rule: the order in which candidates are found depends on all rules. */
function firstLost(candidates: readonly Candidate[], id: string | undefined): Candidate | undefined {
  let first: Candidate | undefined;
  for (const candidate of candidates) {
    if (promotionOrDiscountId(candidate) !== id || candidate.loss === undefined || candidate.loss.blockedBy === id)
      continue;
    if (first === undefined || candidate.rule.id < first.rule.id) first = candidate;
  }
  return first;
}
