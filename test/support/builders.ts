import type { CartLine } from '../../src/engine/cart/cart';
import type { Condition } from '../../src/engine/conditions';
import type { CodeFact, Facts, GrantFact, Usage } from '../../src/engine/judging/facts';
import type { Quote } from '../../src/engine/quote/answer';
import type { Evaluation } from '../../src/engine/quote/evaluation';
import { quote } from '../../src/engine/quote/quote';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import { compileRulebook } from '../../src/engine/rulebook/compile';
import type { CustomTypeFields } from '../../src/engine/rulebook/custom-type';
import type { Discount, DiscountInput } from '../../src/engine/rulebook/discount';
import type { PromotionInput } from '../../src/engine/rulebook/promotion';
import type { RelatedProductInput } from '../../src/engine/rulebook/related-product';
import type { Rulebook } from '../../src/engine/rulebook/rulebook';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { UpgradePathInput } from '../../src/engine/rulebook/upgrade-path';
import { normalizeCode } from '../../src/engine/vocabulary/code-form';
import type { PlanInput } from '../../src/engine/vocabulary/plan';
import { DEFAULT_SETTINGS, type SettingsInput } from '../../src/engine/vocabulary/provider';
import { customTypesOf } from '../../src/expressions/custom-types';

/** The instant of every quote that names none: a Wednesday, noon in Berlin. */
export const AT = '2024-06-12T10:00:00Z';

/** A promotion with its codes, as short as a test wants it. */
export type PromotionRules = Omit<Partial<PromotionInput>, 'discounts'> & {
  discounts?: Partial<DiscountInput>[];
  codes?: (string | Partial<CodeFact>)[];
};

/** What a provider has saved and what happened before, as short as a test wants it. */
export interface Rules {
  /** Settings that differ from the defaults. */
  settings?: SettingsInput;
  /** `UTC` unless said. */
  timeZone?: string;
  /** `en` unless said. */
  defaultLanguage?: string;
  promotions?: PromotionRules[];
  discounts?: Partial<DiscountInput>[];
  relatedProducts?: Partial<RelatedProductInput>[];
  upgradePaths?: Partial<UpgradePathInput>[];
  plans?: PlanInput[];
  conditionTypes?: CustomTypeFields[];
  discountTypes?: CustomTypeFields[];
  /** Uses so far, by id of the promotion or global discount. */
  usage?: Record<string, Partial<Usage>>;
  /** What the request's customer keeps from earlier redemptions. */
  grants?: GrantFact[];
  /** Whether the quote is to be redeemed. */
  redeeming?: boolean;
}

/** A cart, as short as a test wants it: a line is a hosting order for 20.00 EUR unless it says otherwise. */
export type CartRequest = Omit<Partial<QuoteRequest>, 'lines'> & { lines?: Partial<CartLine>[] };

/** Quotes a cart by rules. */
export function quoteOf(rules: Rules, cart: CartRequest = {}): Evaluation['quote'] {
  return evaluate(rules, cart).quote;
}

/** Quotes a cart by rules, and tells what redeeming would count and record. */
export function evaluate(rules: Rules, cart: CartRequest = {}): Evaluation {
  const request = requestOf(cart);
  return quote(request, Date.parse(request.at ?? AT), rulebookOf(rules), factsOf(rules));
}

/** What a customer pays for a cart in all. */
export function totalOf(rules: Rules, cart: CartRequest = {}): string {
  return quoteOf(rules, cart).totals.total;
}

/** What is taken off a cart in all. */
export function offOf(rules: Rules, cart: CartRequest = {}): string {
  return quoteOf(rules, cart).totals.discount;
}

/** What is taken off each line, setup fees left out. */
export function offEach(rules: Rules, cart: CartRequest = {}): string[] {
  return quoteOf(rules, cart).lines.map(({ discount }) => discount);
}

/** A whole request; without lines it has one. */
export function requestOf({ lines = [{}], ...rest }: CartRequest = {}): QuoteRequest {
  return {
    currency: 'EUR',
    at: AT,
    ...rest,
    lines: lines.map((line, index) => ({
      id: `line-${index + 1}`,
      serviceType: 'hosting',
      unitPrice: '20.00',
      ...line,
    })),
  };
}

/** A compiled rulebook; what has no id gets one in the order of the lists: `promotion-1`, `discount-1`, … */
export function rulebookOf(rules: Rules): Rulebook {
  const { conditionTypes = [], discountTypes = [] } = rules;
  const catalog: Catalog = {
    provider: {
      id: 'north',
      timeZone: rules.timeZone ?? 'UTC',
      defaultLanguage: rules.defaultLanguage ?? 'en',
      settings: { ...DEFAULT_SETTINGS, ...rules.settings },
    },
    version: 7,
    promotions: (rules.promotions ?? []).map(({ codes: _, ...promotion }, index) => {
      const id = promotionId(promotion, index);
      return {
        name: id,
        ...promotion,
        ...stored(id),
        conditions: conditionsOf(promotion.conditions, id),
        discounts: (promotion.discounts ?? []).map((discount, position) => ({
          ...discountOf(discount, `${id}-discount-${position + 1}`),
          promotionId: id,
        })),
      };
    }),
    discounts: (rules.discounts ?? []).map((discount, index) => discountOf(discount, `discount-${index + 1}`)),
    relatedProducts: (rules.relatedProducts ?? []).map((product, index) => {
      const id = product.id ?? `related-product-${index + 1}`;
      const action = { function: 'service.order' };
      return { name: id, action, ...product, ...stored(id), conditions: conditionsOf(product.conditions, id) };
    }),
    upgradePaths: (rules.upgradePaths ?? []).map((path, index) => {
      const id = path.id ?? `upgrade-path-${index + 1}`;
      return {
        name: id,
        texts: { en: { title: 'Change' } },
        sources: ['monthly'],
        targets: ['yearly'],
        transition: 'immediately_with_invoice' as const,
        ...path,
        ...stored(id),
      };
    }),
    plans: (rules.plans ?? []).map((plan) => ({ ...plan, ...stored(plan.id) })),
  };
  return compileRulebook(catalog, undefined, customTypesOf({ conditionTypes, discountTypes }));
}

/** What the store would load beside the catalog. */
export function factsOf(rules: Rules): Facts {
  const codes = (rules.promotions ?? []).flatMap((promotion, index) =>
    (promotion.codes ?? []).map((code): CodeFact => {
      const fields = typeof code === 'string' ? { code } : code;
      const text = normalizeCode(fields.code ?? '');
      const uses = { redemptions: 0, customerRedemptions: 0 };
      const id = `code-${text}`;
      return { id, promotionId: promotionId(promotion, index), status: 'active', ...uses, ...fields, code: text };
    }),
  );
  return {
    codes: new Map(codes.map((fact) => [fact.code, fact])),
    usage: new Map(
      Object.entries(rules.usage ?? {}).map(([id, uses]) => [id, { total: 0, customer: 0, spent: {}, ...uses }]),
    ),
    grants: rules.grants ?? [],
    redeeming: rules.redeeming ?? false,
  };
}

/** The value of a percentage. */
export function percent(percentage: string): { value: { type: 'percent'; percent: string } } {
  return { value: { type: 'percent', percent: percentage } };
}

/** The value of an amount off in euros. */
export function amountOff(euros: string): { value: { type: 'amount_off'; amounts: { EUR: string } } } {
  return { value: { type: 'amount_off', amounts: { EUR: euros } } };
}

/** The value of a special price in euros. */
export function specialPrice(euros: string): { value: { type: 'special_price'; prices: { EUR: string } } } {
  return { value: { type: 'special_price', prices: { EUR: euros } } };
}

/** A promotion with one discount of ten percent and these conditions. */
export function tenPercentIf(...conditions: Condition[]): PromotionRules {
  return { conditions, discounts: [{ name: '10 %', value: PERCENT_10 }] };
}

const PERCENT_10 = { type: 'percent', percent: '10' } as const;

/** How one condition of a promotion stands for a cart: `holds`, or what the answer tells of it but its id and type. */
export function judged(condition: Condition, cart: CartRequest = {}, rules: Rules = {}): unknown {
  const rule = { ...tenPercentIf(condition), startsAt: '2024-01-01T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' };
  const { declined, discounts } = quoteOf({ ...rules, promotions: [rule] }, { explain: 'all', ...cart });
  if (discounts.length > 0) return 'holds';
  const { conditionId: _, type: __, ...told } = declined[0]?.unmet?.[0] ?? { conditionId: '', type: '' };
  return told;
}

/** The refusals of a quote, by name: each with its reason. */
export function reasonsOf({ declined }: Pick<Quote, 'declined'>): Record<string, string> {
  return Object.fromEntries(declined.map(({ name, reason }) => [name, reason]));
}

function promotionId({ id }: PromotionRules, index: number): string {
  return id ?? `promotion-${index + 1}`;
}

function discountOf(discount: Partial<DiscountInput>, unnamed: string): Discount {
  const id = discount.id ?? unnamed;
  return { name: id, value: PERCENT_10, ...discount, ...stored(id), conditions: conditionsOf(discount.conditions, id) };
}

function conditionsOf(conditions: readonly Condition[] | undefined, owner: string): Condition[] {
  return (conditions ?? []).map((condition, index) => ({ id: `${owner}-condition-${index + 1}`, ...condition }));
}

function stored(id: string): { id: string; version: number; createdAt: string; updatedAt: string } {
  return { id, version: 1, createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };
}
