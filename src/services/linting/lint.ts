import type { Knex } from 'knex';
import { factsOfRulebook } from '../../engine/lint/facts';
import { lint, warningsOf } from '../../engine/lint/lint';
import {
  type LintedRule,
  type LintFacts,
  ruleOfDiscount,
  ruleOfPromotion,
  ruleOfRelatedProduct,
  ruleOfUpgradePath,
} from '../../engine/lint/rule';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import type { Term } from '../../engine/vocabulary/resource';
import type { Warning } from '../../engine/vocabulary/warning';
import type { PageRequest } from '../../store/database/requests';
import { questionableCodes } from '../../store/lint/codes';
import { promotionsWithCodes } from '../../store/lint/facts';
import { inSlices, type Steps } from '../../store/slices';

/** The kind of resource that has a likely mistake. */
export type LintedResource = 'promotion' | 'discount' | 'related_product' | 'upgrade_path' | 'promo_code';

/** A likely mistake and the resource that it is in. */
export interface LintItem extends Warning {
  /** The kind of resource. */
  resource: LintedResource;
  /** The id of the resource. */
  id: Term;
}

/** A rule and the resource that it is. */
interface Entry {
  readonly resource: LintedResource;
  readonly id: string;
  readonly rule: LintedRule;
}

/** An item with its place in the list as id. */
export interface PlacedItem {
  readonly id: string;
  readonly item: LintItem;
}

/** The order of the kinds of resources. */
const PLACES = {
  promotion: '1 ',
  discount: '2 ',
  related_product: '3 ',
  upgrade_path: '4 ',
  promo_code: '5 ',
} as const satisfies { [resource in LintedResource]: string };

/** So many rules are looked at between two questions to the database. */
const AT_ONCE = 500;
/** The digits of a warning's place among those of its rule. */
const DIGITS = 3;

/** Returns a part of the likely mistakes in a provider's rules and codes, in a stable order. */
export async function lintItems(
  db: Knex,
  rulebook: Rulebook,
  { limit, after = '' }: PageRequest,
): Promise<PlacedItem[]> {
  const providerId = rulebook.provider.id;
  await inSlices(rulebook.prepareAll());
  const facts = factsOf(rulebook);
  // The rule of the last item may have others.
  const from = after.slice(0, -1 - DIGITS);
  const items: PlacedItem[] = [];
  for (const entries of batchesOf(entriesOf(rulebook, from))) {
    const asked = entries.flatMap(({ rule: { promotion } }) => promotion?.id ?? []);
    const withCodes = await promotionsWithCodes(db, providerId, asked);
    await inSlices(lintSteps(entries, { ...facts, withCodes }, after, items));
    if (items.length >= limit) return items.slice(0, limit);
  }
  const fromCode = from.startsWith(PLACES.promo_code) ? from.slice(PLACES.promo_code.length) : '';
  const codes = await questionableCodes(db, providerId, fromCode, limit + 1);
  const entries = codes.map(({ id, rule }) => ({ resource: 'promo_code' as const, id, rule }));
  await inSlices(lintSteps(entries, { ...facts, withCodes: new Set() }, after, items));
  return items.slice(0, limit);
}

function* lintSteps(entries: readonly Entry[], facts: LintFacts, after: string, items: PlacedItem[]): Steps<void> {
  for (const { resource, id, rule } of entries) {
    for (const [index, warning] of warningsOf(lint(rule, facts)).entries()) {
      const place = `${placeOf(resource, id)} ${String(index).padStart(DIGITS, '0')}`;
      if (place > after) items.push({ id: place, item: { resource, id, ...warning } });
    }
    yield;
  }
}

/** Returns the rules from a place on, in the order of their places. */
function* entriesOf(rulebook: Rulebook, from: string): Generator<Entry> {
  const isMeant = (resource: LintedResource, id: string) => placeOf(resource, id) >= from;
  for (const { id, source } of rulebook.promotions()) {
    if (isMeant('promotion', id)) yield { resource: 'promotion', id, rule: ruleOfPromotion(source) };
  }
  for (const { id, source, promotion } of rulebook.discounts()) {
    if (promotion === undefined && isMeant('discount', id))
      yield { resource: 'discount', id, rule: ruleOfDiscount(source) };
  }
  for (const { source } of rulebook.relatedProducts()) {
    const { id } = source;
    if (isMeant('related_product', id)) yield { resource: 'related_product', id, rule: ruleOfRelatedProduct(source) };
  }
  for (const path of rulebook.upgradePaths()) {
    if (isMeant('upgrade_path', path.id))
      yield { resource: 'upgrade_path', id: path.id, rule: ruleOfUpgradePath(path) };
  }
}

function placeOf(resource: LintedResource, id: string): string {
  return `${PLACES[resource]}${id}`;
}

function* batchesOf<T>(entries: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** What is the same for all rules of a rulebook, as long as it is in memory. */
const known = new WeakMap<Rulebook, Omit<LintFacts, 'withCodes'>>();

function factsOf(rulebook: Rulebook): Omit<LintFacts, 'withCodes'> {
  const made = known.get(rulebook) ?? factsOfRulebook(rulebook);
  known.set(rulebook, made);
  return made;
}
