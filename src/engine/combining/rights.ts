import type { Candidate } from '../judging/candidate';
import type { GrantFact } from '../judging/facts';
import { endOfGrant } from '../judging/kept';
import { addTo } from '../vocabulary/lists';
import type { Contender } from './contender';
import { savingOf } from './remaining-prices';

/**
 * Resolves several rights to one discount, its own and those of grants: the one that saves most on a line applies;
 * balances are all spent, one after the other. Returns the rights that still have a line.
 */
export function settleRights(contenders: readonly Contender[]): Contender[] {
  const byDiscount = new Map<string, Contender[]>();
  for (const contender of contenders) addTo(byDiscount, contender.candidate.rule.id, contender);
  for (const rights of byDiscount.values()) {
    if (rights.length === 1) continue;
    if (rights.some(({ candidate }) => candidate.grant?.balance !== undefined)) rankTogether(rights);
    else if (rights[0]?.isOrder) settleWhole(rights);
    else settleLines(rights);
  }
  return contenders.filter(({ lines }) => lines.length > 0);
}

/** Returns whether two contenders are rights to one discount. */
export function isSameDiscount(a: Contender, b: Contender): boolean {
  return a.candidate.rule.id === b.candidate.rule.id;
}

/**
 * Returns the order of the rights to one discount that save the same. Balances: the one that ends first, then the
 * older, and what is earned now last. Otherwise the own right, then grants that nothing is counted down of (the later
 * end first), then the one that ends first, then the older.
 */
export function byRight(a: Candidate, b: Candidate): number {
  if (a.grant === undefined || b.grant === undefined) {
    if (a.grant === b.grant) return 0;
    const isOwnLast = (a.grant ?? b.grant)?.balance !== undefined;
    return (a.grant === undefined) === isOwnLast ? 1 : -1;
  }
  const counted = Number(isCounted(a.grant)) - Number(isCounted(b.grant));
  if (counted !== 0) return counted;
  const sooner = endOfGrant(a.grant) === endOfGrant(b.grant) ? 0 : endOfGrant(a.grant) < endOfGrant(b.grant) ? -1 : 1;
  return (isCounted(a.grant) ? sooner : -sooner) || (a.grant.id < b.grant.id ? -1 : 1);
}

function isCounted({ paymentsLeft, balance }: GrantFact): boolean {
  return paymentsLeft !== undefined || balance !== undefined;
}

/** Ranked by the largest saving of all, they stand together in the order in which they are spent. */
function rankTogether(rights: readonly Contender[]): void {
  const most = rights.map(({ saving }) => saving).reduce((a, b) => (b > a ? b : a));
  for (const right of rights) right.rankBy(most);
}

/** An order discount is one for all of its lines: the better right has those that both are about. */
function settleWhole(rights: readonly Contender[]): void {
  const taken = new Set<number>();
  const ranked = rights.toSorted((a, b) => bySaving(a.saving, b.saving) || byRight(a.candidate, b.candidate));
  for (const right of ranked) {
    for (const { line } of right.candidate.lines) {
      if (taken.has(line.index)) right.loseLine(line.index);
      else taken.add(line.index);
    }
  }
}

function settleLines(rights: readonly Contender[]): void {
  const winners = new Map<number, { right: Contender; saving: number | bigint }>();
  for (const right of rights) {
    for (const take of right.takes) {
      const saving = savingOf(take);
      const best = winners.get(take.line.index);
      const order =
        best === undefined ? -1 : bySaving(saving, best.saving) || byRight(right.candidate, best.right.candidate);
      if (order < 0) winners.set(take.line.index, { right, saving });
    }
  }
  for (const right of rights) {
    for (const { line } of right.takes) if (winners.get(line.index)?.right !== right) right.loseLine(line.index);
  }
}

function bySaving(a: number | bigint, b: number | bigint): number {
  return a === b ? 0 : b > a ? 1 : -1;
}
