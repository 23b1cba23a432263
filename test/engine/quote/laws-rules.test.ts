import fc from 'fast-check';
import type { Quote } from '../../../src/engine/quote/answer';
import { quote } from '../../../src/engine/quote/quote';
import type { QuoteRequest } from '../../../src/engine/quote/quote-request';
import { compileRulebook } from '../../../src/engine/rulebook/compile';
import type { Discount } from '../../../src/engine/rulebook/discount';
import type { Draft } from '../../../src/engine/rulebook/draft';
import type { Promotion } from '../../../src/engine/rulebook/promotion';
import type { Catalog } from '../../../src/engine/rulebook/saved';
import { type Line, readCart } from '../../reference/cart';
import { judge, type Question } from '../../reference/conditions';
import { type Case, cases, wideCases } from '../../reference/generated/cases';
import { ask, law } from '../../support/laws';

describe('a rulebook', () => {
  law(
    'answers as if it had never been asked before',
    fc.array(wideCases, { minLength: 2, maxLength: 4 }),
    (several) => {
      const [{ catalog }] = several as [Case];
      const shared = compileRulebook(catalog);
      for (const { request, at, facts } of [...several, ...several]) {
        const told = JSON.stringify(quote(request, at, shared, facts).quote);
        expect(told).toBe(JSON.stringify(ask({ catalog, request, at, facts })));
      }
    },
  );

  law('finds a rule once, however often its lists name the same', wideCases, (given) => {
    const { catalog, request } = given;
    const explained: Case = { ...given, request: { ...request, explain: 'all' } };
    const doubled: Case = {
      ...explained,
      catalog: { ...doubledLists(catalog), upgradePaths: catalog.upgradePaths },
      request: {
        ...explained.request,
        lines: request.lines.map(doubledLists),
        ...(request.customer !== undefined && {
          customer: { ...request.customer, ...(request.customer.groups && { groups: twice(request.customer.groups) }) },
        }),
      },
    };
    expect(JSON.stringify(withoutNumbers(ask(doubled)))).toBe(JSON.stringify(withoutNumbers(ask(explained))));
  });
});

describe('a draft', () => {
  law('is quoted as if it were stored in the place of what it replaces', fc.tuple(cases, cases), ([given, other]) => {
    const { promotions, discounts, relatedProducts, upgradePaths } = given.catalog;
    const drafted = {
      promotions: paired(promotions, other.catalog.promotions).map(promotionInPlaceOf),
      discounts: paired(discounts, other.catalog.discounts).map(inPlaceOf),
      relatedProducts: paired(relatedProducts, other.catalog.relatedProducts).map(inPlaceOf),
      upgradePaths: paired(upgradePaths, other.catalog.upgradePaths).map(inPlaceOf),
    };
    const stored: Catalog = {
      ...given.catalog,
      promotions: replaced(promotions, drafted.promotions),
      discounts: replaced(discounts, drafted.discounts),
      relatedProducts: replaced(relatedProducts, drafted.relatedProducts),
      upgradePaths: replaced(upgradePaths, drafted.upgradePaths),
    };
    const request: QuoteRequest = { ...given.request, explain: 'all' };
    expect(inAnyOrder(ask({ ...given, request: { ...request, draft: drafted satisfies Draft } }))).toEqual(
      inAnyOrder(ask({ ...given, request, catalog: stored })),
    );
  });
});

describe('beside the cart', () => {
  law('a related product is offered once, where its conditions hold', cases, (given) => {
    const { catalog, at } = given;
    const lines = linesOf(given);
    const offered = catalog.relatedProducts
      .filter(({ status }) => status === undefined || status === 'active')
      .filter((product) => {
        const rule: Question['rule'] = { id: product.id };
        const question = { ...given, at, lines, rule, facts: { ...given.facts, usage: new Map(), redeeming: false } };
        return judge(product.conditions ?? [], false, { ...question, hasCode: false }) === undefined;
      })
      .sort((a, b) => (a.sort ?? 0) - (b.sort ?? 0) || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
    const most = catalog.provider.settings.maxOffers;
    expect(ask(given).offers.map(({ relatedProductId }) => relatedProductId)).toEqual(offered.slice(0, most));
  });
});

function linesOf({ catalog, request, at }: Case): Line[] {
  return readCart(request, at, catalog.plans, catalog.provider.settings.roundingMode);
}

const LISTS = ['serviceTypes', 'plans', 'planGroups', 'addons', 'tags', 'periods', 'actions', 'customers', 'groups'];

function twice<T>(list: readonly T[]): T[] {
  return [...list, ...list];
}

/** The same with every list of names written twice. */
function doubledLists<T>(value: T): T {
  if (Array.isArray(value)) return value.map(doubledLists) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, entry]) => {
    // The plans of a catalog are the registered ones, no list of names.
    const isList = LISTS.includes(name) && Array.isArray(entry) && !(name === 'plans' && 'provider' in value);
    return [name, isList ? twice(entry) : doubledLists(entry)];
  });
  return Object.fromEntries(entries) as T;
}

function paired<T>(stored: readonly T[], others: readonly T[]): [T, T][] {
  return stored.flatMap((one, index): [T, T][] => {
    const other = others[index];
    return other === undefined ? [] : [[one, other]];
  });
}

function inPlaceOf<T extends { id: string }>([stored, other]: [T, T]): T {
  return { ...other, id: stored.id };
}

/** Its discounts get ids that no stored one has. */
function promotionInPlaceOf([stored, other]: [Promotion, Promotion]): Promotion {
  const discounts = other.discounts.map((discount, index): Discount => ({ ...discount, id: `${stored.id}-${index}` }));
  return { ...other, id: stored.id, discounts };
}

function replaced<T extends { id: string }>(stored: readonly T[], drafted: readonly T[]): T[] {
  return stored.map((one) => drafted.find(({ id }) => id === one.id) ?? one);
}

/** An unmet condition tells the groups as they are written. */
function withoutNumbers({ declined, ...answer }: Omit<Quote, 'digest'>): unknown {
  return { ...answer, declined: declined.map(({ unmet: _, ...entry }) => entry) };
}

/** Unsaved rules are explained after the stored ones. */
function inAnyOrder({ declined, ...answer }: Omit<Quote, 'digest'>): unknown {
  return { ...answer, declined: declined.map((entry) => JSON.stringify(entry)).sort() };
}
