import fs from 'node:fs';
import path from 'node:path';
import { CONDITION_KINDS } from '../src/engine/conditions';
import { VALUE_KINDS } from '../src/engine/discount-values';
import type { CustomTypeFields } from '../src/engine/rulebook/custom-type';
import { checkCustomType } from '../src/expressions/custom-types';
import { schemaErrors } from '../src/http/contract/validate-body';
import { projectRoot } from '../src/project-root';
import { type CartRequest, quoteOf, type Rules, requestOf } from './support/builders';

/** An example of docs/rules.md or docs/custom-types.md. */
interface Example {
  settings?: Rules['settings'];
  timeZone?: string;
  promotion?: SavedPromotion;
  promotions?: SavedPromotion[];
  discount?: object;
  discounts?: object[];
  relatedProduct?: object;
  upgradePath?: object;
  conditionType?: CustomTypeFields;
  discountType?: CustomTypeFields;
  /** Codes of the only promotion. */
  codes?: string[];
  /** Redemptions of the only promotion so far. */
  used?: number;
  cart: CartRequest;
  answer: object;
}

interface SavedPromotion {
  discounts?: object[];
}

const texts = ['rules', 'custom-types'].map((name) =>
  fs.readFileSync(path.join(projectRoot, `docs/${name}.md`), 'utf8'),
);
const sections = texts
  .flatMap((text) => text.split(/^### /m).slice(1))
  .map((section): [string, string[]] => [
    section.slice(0, section.indexOf('\n')),
    [...section.matchAll(/^```json\n([\s\S]+?)^```/gm)].map(([, example = '']) => example),
  ]);
const examples = sections.flatMap(([title, list]) =>
  list.map((example): [string, Example] => [title, JSON.parse(example)]),
);

test.each(sections)('%s is shown by an example', (_title, list) => {
  expect(list).not.toEqual([]);
});

test.each(examples)('%s', (_title, example) => {
  const { cart, answer, settings, timeZone, codes, used } = example;
  const saved = {
    promotions: named(example.promotion, example.promotions).map((promotion) => ({
      ...promotion,
      discounts: named(undefined, promotion.discounts),
    })),
    discounts: named(example.discount, example.discounts),
    relatedProducts: named(example.relatedProduct),
    upgradePaths: named(example.upgradePath),
    conditionTypes: example.conditionType ? [example.conditionType] : [],
    discountTypes: example.discountType ? [example.discountType] : [],
  };
  expect([
    ...saved.promotions.flatMap((rule) => schemaErrors('PromotionInput', rule)),
    ...saved.discounts.flatMap((rule) => schemaErrors('DiscountInput', rule)),
    ...saved.relatedProducts.flatMap((rule) => schemaErrors('RelatedProductInput', rule)),
    ...saved.upgradePaths.flatMap((rule) => schemaErrors('UpgradePathInput', rule)),
    ...[...saved.conditionTypes, ...saved.discountTypes].flatMap((type) => schemaErrors('CustomTypeInput', type)),
    ...saved.conditionTypes.flatMap((type) => checkCustomType(type, 'condition')),
    ...saved.discountTypes.flatMap((type) => checkCustomType(type, 'value')),
    ...schemaErrors('QuoteRequest', requestOf(cart)),
    ...(cart.lines ?? []).flatMap((line) => schemaErrors('CartLine', line)),
  ]).toEqual([]);
  expect(Object.keys(answer)).not.toEqual([]);
  const rules: Rules = {
    ...saved,
    ...(settings && { settings }),
    ...(timeZone !== undefined && { timeZone }),
    promotions: saved.promotions.map((promotion) => ({ ...promotion, ...(codes && { codes }) })),
    ...(used !== undefined && { usage: { 'promotion-1': { total: used } } }),
  };
  expect(quoteOf(rules, cart)).toMatchObject(answer);
});

test('every type of condition, of discount and of transition is explained', () => {
  const transitions = [
    'immediately_prorated',
    'immediately_with_invoice',
    'immediately_invoice_next_booking',
    'last_booking',
    'next_booking',
    'end_of_interval',
  ];
  const explained = sections.flatMap(([title]) => [...title.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const wanted = [...Object.keys(CONDITION_KINDS), ...Object.keys(VALUE_KINDS), ...transitions];
  expect(wanted.filter((name) => !explained.includes(name))).toEqual([]);
});

/** The rules of an example, which leave their names out. */
function named<T extends object>(one?: T, several: readonly T[] = []): (T & { name: string })[] {
  return [...(one ? [one] : []), ...several].map((rule) => ({ name: 'A rule', ...rule }));
}
