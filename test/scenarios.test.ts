import fs from 'node:fs';
import path from 'node:path';
import { RequestRefused } from '../src/engine/vocabulary/problem';
import { schemaErrors } from '../src/http/contract/validate-body';
import { type CartRequest, quoteOf, type Rules, requestOf } from './support/builders';

/** A file of golden quotes. */
interface ScenarioFile {
  theme: string;
  scenarios: Scenario[];
}

/** Rules of a provider, and what carts get from them; a quote's own entries lie over those of its scenario. */
interface Scenario extends Given {
  title: string;
  quotes: (Given & {
    when: string;
    /** The total of the cart. */
    pays?: string;
    /** The related products offered, by id. */
    offers?: string[];
    /** A part of the answer. */
    answer?: object;
    /** The code of the refusal. */
    refused?: string;
  })[];
}

interface Given {
  settings?: Rules['settings'];
  timeZone?: string;
  catalog?: Pick<Rules, 'promotions' | 'discounts' | 'relatedProducts' | 'upgradePaths'>;
  cart?: CartRequest;
}

const folder = path.join(__dirname, 'scenarios');
const files = fs
  .readdirSync(folder)
  .sort()
  .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as ScenarioFile);

describe.each(files)('$theme', ({ scenarios }) => {
  describe.each(scenarios)('$title', (scenario) => {
    test.each(scenario.quotes)('$when', (given) => {
      const rules: Rules = {
        settings: { ...scenario.settings, ...given.settings },
        timeZone: given.timeZone ?? scenario.timeZone,
        ...scenario.catalog,
        ...given.catalog,
      };
      const cart = { ...scenario.cart, ...given.cart };
      expect(mistakesIn(rules, cart)).toEqual([]);
      if (given.refused !== undefined) {
        expect(refusalOf(rules, cart)).toBe(given.refused);
        return;
      }
      const quote = quoteOf(rules, cart);
      const { pays, offers, answer } = given;
      expect([pays, offers, answer].some((part) => part !== undefined)).toBe(true);
      if (pays !== undefined) expect(quote.totals.total).toBe(pays);
      if (offers !== undefined) expect(quote.offers.map(({ relatedProductId }) => relatedProductId)).toEqual(offers);
      if (answer !== undefined) expect(quote).toMatchObject(answer);
    });
  });
});

/** A scenario says only what could be saved and sent as it stands there. */
function mistakesIn(rules: Rules, cart: CartRequest): object[] {
  return [
    ...schemaErrors('QuoteRequest', requestOf(cart)),
    ...(rules.promotions ?? []).flatMap(({ codes, ...promotion }) => [
      ...schemaErrors('PromotionInput', promotion),
      ...(codes ?? []).flatMap((code) => schemaErrors('PromoCodeInput', typeof code === 'string' ? { code } : code)),
    ]),
    ...(rules.discounts ?? []).flatMap((discount) => schemaErrors('DiscountInput', discount)),
    ...(rules.relatedProducts ?? []).flatMap((product) => schemaErrors('RelatedProductInput', product)),
    ...(rules.upgradePaths ?? []).flatMap((upgradePath) => schemaErrors('UpgradePathInput', upgradePath)),
  ];
}

function refusalOf(rules: Rules, cart: CartRequest): string | undefined {
  try {
    quoteOf(rules, cart);
    return undefined;
  } catch (error) {
    if (error instanceof RequestRefused) return error.code;
    throw error;
  }
}
