import fc from 'fast-check';
import type { CodeFact, Facts, GrantFact, Usage } from '../../../src/engine/judging/facts';
import type { QuoteRequest } from '../../../src/engine/quote/quote-request';
import type { Catalog } from '../../../src/engine/rulebook/saved';
import { normalizeCode } from '../../../src/engine/vocabulary/code-form';
import { DAY } from '../calendar';
import { anyCurrency, currency, instant, present, STORED, sometimes, windowAround } from './alphabets';
import { fewUnits, manyUnits, subscriptionDraft, subscriptionOf } from './carts';
import { discountOf } from './discounts';
import { relatedProductOf, upgradePathDraft, upgradePathOf } from './offers';
import { CODES, promotionOf } from './promotions';
import { themed, type World, world } from './worlds';

/** A question to the engine and the rules to answer it by. */
export interface Case {
  catalog: Catalog;
  request: QuoteRequest;
  at: number;
  facts: Facts;
}

/** Catalogs of up to 12 promotions and global discounts of every shape, with carts of 1 to 8 lines and a few long ones. */
export const cases: fc.Arbitrary<Case> = world(currency, fewUnits).map(caseOf);

/** The same with any number of minor digits and any quantity, for which the model is too slow. */
export const wideCases: fc.Arbitrary<Case> = world(anyCurrency, manyUnits).map(caseOf);

/** The same with discounts that are all for some units only, or earned by buying others. */
export const unitCases: fc.Arbitrary<Case> = world(currency, fewUnits).map((draft) =>
  caseOf({ ...draft, theme: 'units' }),
);

const choiceDraft = fc.record({
  line: fc.nat({ max: 7 }),
  subscription: sometimes(fc.nat({ max: 3 }), 2),
  choice: fc.constantFrom('convert' as const, 'convert' as const, 'keep' as const),
});

/** Carts of customers with subscriptions who choose what changes over; not every choice can be carried out. */
export const changes: fc.Arbitrary<Case> = fc
  .tuple(
    cases,
    fc.array(upgradePathDraft, { minLength: 1, maxLength: 4 }),
    fc.array(subscriptionDraft, { minLength: 1, maxLength: 4 }),
    fc.uniqueArray(choiceDraft, { maxLength: 4, selector: ({ line: index }) => index }),
  )
  .map(([given, paths, drafts, choices]) => {
    const { catalog, request, at } = given;
    const upgradePaths = paths.map((path, index) => upgradePathOf(path, `u${index}`));
    const lines = request.lines.map((one) => ({ ...one, tags: one.tags ?? ['eco'] }));
    const subscriptions = drafts.map((draft, index) =>
      subscriptionOf(
        { ...draft, currency: index === 3 ? draft.currency : (request.currency as 'EUR') },
        `s${index}`,
        at,
      ),
    );
    const transitions = choices
      .filter(({ line: index }) => index < lines.length)
      .map(({ line: index, subscription, choice }) => {
        const subscriptionId = subscription === undefined ? undefined : subscriptions[subscription]?.id;
        return present({ lineId: `line${index + 1}`, subscriptionId, choice });
      });
    return {
      ...given,
      catalog: { ...catalog, upgradePaths },
      request: { ...request, lines, subscriptions, transitions },
    };
  });

function caseOf(plain: World): Case {
  const draft = themed(plain);
  const { at } = draft;
  let serial = 0;
  const nextId = (kind: string) => `${kind}${String(++serial).padStart(3, '0')}`;
  const promotions = draft.promotions.map((promotion) => {
    const discounts = promotion.discounts.map(({ draft: discount, conditions: own }) =>
      discountOf(discount, own, nextId('d'), at),
    );
    return promotionOf(promotion, nextId('p'), discounts, at);
  });
  const discounts = draft.globals.map((global) => discountOf(global.draft, global.conditions, nextId('d'), at));
  const { combination, roundingMode, maxPromoCodes, residualDays } = draft;
  const catalog: Catalog = {
    provider: {
      id: 'acme',
      timeZone: 'UTC',
      defaultLanguage: 'en',
      settings: {
        combination,
        roundingMode,
        maxPromoCodes,
        maxOffers: 4,
        residualDays,
        maxRules: 200_000,
        trustStorefrontCustomers: false,
      },
    },
    version: 1,
    promotions: draft.isReversed ? promotions.reverse() : promotions,
    discounts: draft.isReversed ? discounts.reverse() : discounts,
    relatedProducts: draft.relatedProducts.map((product) => relatedProductOf(product, nextId('r'))),
    upgradePaths: draft.upgradePaths.map((path) => upgradePathOf(path, nextId('u'))),
    plans: [
      {
        ...STORED,
        id: 'small',
        serviceType: 'vps',
        planGroups: ['linux'],
        tags: ['eco'],
        attributes: draft.planAttributes,
      },
    ].map(present),
  };
  const request = requestOf(draft);
  return { catalog, request, at, facts: factsOf(draft, catalog, request) };
}

function requestOf({
  at,
  currency: in_,
  attributes: own,
  customer: person,
  promoCodes,
  lines,
  subscriptions,
}: World): QuoteRequest {
  return present({
    currency: in_,
    at: new Date(at).toISOString(),
    attributes: own,
    customer: person?.(at),
    promoCodes: promoCodes.length === 0 ? undefined : promoCodes,
    lines: lines.map(({ orderedDaysAgo, startsInDays, ...fields }, index) =>
      present({
        id: `line${index + 1}`,
        ...fields,
        orderedAt: orderedDaysAgo === undefined ? undefined : instant(at, -orderedDaysAgo),
        startsAt: instant(at, startsInDays),
      }),
    ),
    subscriptions: subscriptions?.map((subscription, index) => subscriptionOf(subscription, `s${index}`, at)),
  });
}

function factsOf(draft: World, catalog: Catalog, request: QuoteRequest): Facts {
  const isKnown = request.customer?.id !== undefined;
  const promotions = [...catalog.promotions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const codes = draft.codes.flatMap(({ promotion, window, ...fields }, index): [string, CodeFact][] => {
    const id = promotions[promotion % Math.max(promotions.length, 1)]?.id;
    const code = normalizeCode(CODES[index] ?? '');
    if (id === undefined) return [];
    return [
      [
        code,
        present({
          ...fields,
          ...windowAround(draft.at, window),
          code,
          id: `code${index}`,
          promotionId: id,
          customerRedemptions: isKnown ? fields.customerRedemptions : 0,
          status: fields.status ?? 'active',
        }),
      ],
    ];
  });
  const usage = draft.promotions.flatMap(({ used: uses }, index): [string, Usage][] => {
    const id = promotions[index]?.id;
    if (uses === undefined || id === undefined) return [];
    return [[id, { ...uses, customer: isKnown ? uses.customer : 0, spent: { EUR: uses.spent, KWD: '0' } }]];
  });
  return {
    codes: new Map(codes),
    usage: new Map(usage),
    grants: isKnown ? grantsOf(draft, catalog) : [],
    redeeming: draft.redeeming ?? false,
  };
}

function grantsOf({ at, grants }: World, catalog: Catalog): GrantFact[] {
  const granted = [...catalog.promotions.flatMap((promotion) => promotion.discounts), ...catalog.discounts];
  const indexes = new Set((grants ?? []).map((number) => number % Math.max(granted.length, 1)));
  return granted
    .filter((_, index) => indexes.has(index))
    .map(({ id }, index) => ({
      id: `g${index}`,
      version: 1,
      discountId: id,
      startsAt: new Date(at - 20 * DAY).toISOString(),
      endsAt: new Date(at + 45 * DAY).toISOString(),
    }));
}
