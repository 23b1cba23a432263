/**
 * node bench/rules.mjs [--base PATH_TO_ANOTHER_BUILD]: what rules that select by attribute, exclude lines or are of a
 * provider's own types cost a quote, in microseconds and candidates; with --base what quotes without any of these cost by
 * another build, round by round in turn.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AT, cartsOf, catalogOf, randomOf, SEED } from './workload.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const own = path.resolve(here, '../build/dist');
const option = process.argv.indexOf('--base');
const base = option < 0 ? undefined : path.resolve(process.argv[option + 1]);
const ROUNDS = 7;
const ROUND_MS = 150;
const DATACENTERS = 2_000;

const TYPES = {
  conditionTypes: [
    {
      name: 'big-cart',
      title: 'Large cart',
      parameters: { type: 'object' },
      expression: 'cart.total >= decimal(parameters.amount) && customer.groups.size() == 0',
    },
  ],
  discountTypes: [
    {
      name: 'above',
      title: 'Price ceiling',
      parameters: { type: 'object' },
      expression: 'line.subtotal - decimal(parameters.from)',
    },
  ],
};

/** The same catalog, where so many of the promotions use attributes, exclude or custom types, a third each. */
function withRules(catalog, share) {
  const random = randomOf(SEED + 7);
  const promotions = catalog.promotions.map((promotion) => {
    if (random.next() >= share) return promotion;
    const [discount] = promotion.discounts;
    const way = random.below(3);
    const changed = { ...discount };
    let { conditions } = promotion;
    if (way === 0) changed.selector = { attributes: { datacenter: [`dc-${random.below(DATACENTERS)}`] } };
    if (way === 1) changed.selector = { ...discount.selector, exclude: { tags: ['tag-1'], actions: ['renewal'] } };
    if (way === 2 && discount.scope !== 'order' && random.next() < 0.5) {
      changed.value = { type: 'custom', name: 'above', parameters: { from: '20.00' } };
    } else if (way === 2) {
      const condition = { type: 'custom', name: 'big-cart', parameters: { amount: '100.00' } };
      conditions = [...conditions, { id: `condition-${promotion.id}-own`, ...condition }];
    }
    return { ...promotion, conditions, discounts: [changed] };
  });
  return { ...catalog, promotions };
}

/** Promotions that select by attribute alone: each cart meets about as many as it would by plan. */
function byAttribute(size) {
  const values = Math.max(40, Math.floor(size * 0.6));
  const random = randomOf(SEED + 11);
  const catalog = catalogOf(size);
  const promotions = catalog.promotions.map((promotion) => {
    const [discount] = promotion.discounts;
    const selector = { attributes: { datacenter: [`dc-${random.below(values)}`] } };
    return {
      ...promotion,
      conditions: [],
      discounts: [{ ...discount, scope: 'line', selector, recipients: undefined }],
    };
  });
  return { catalog: { ...catalog, promotions }, values };
}

function withAttributes(carts, values) {
  const random = randomOf(SEED + 13);
  const attributed = (line) => ({ ...line, attributes: { datacenter: `dc-${random.below(values)}` } });
  return carts.map((cart) => ({ ...cart, lines: cart.lines.map(attributed) }));
}

function contender(build, name, catalog, carts) {
  const require = createRequire(path.join(build, 'src/main.js'));
  const built = (module) => require(path.join(build, 'src', `${module}.js`));
  const { compileRulebook } = built('engine/rulebook/compile');
  const { prepareQuote } = built('engine/quote/quote');
  const { NO_FACTS } = built('engine/judging/facts');
  const types = catalog.usesTypes ? built('expressions/custom-types').customTypesOf(TYPES) : undefined;
  const rulebook = types === undefined ? compileRulebook(catalog) : compileRulebook(catalog, undefined, types);
  const run = (ms) => {
    let calls = 0;
    const start = performance.now();
    while (performance.now() - start < ms) {
      for (let n = 0; n < 10; n++) prepareQuote(carts[(calls + n) % carts.length], AT, rulebook).evaluate(NO_FACTS);
      calls += 10;
    }
    return ((performance.now() - start) * 1000) / calls;
  };
  run(3 * ROUND_MS);
  return { name, run, times: [], candidates: candidatesOf(built, rulebook, carts) };
}

function candidatesOf(built, rulebook, carts) {
  const { rulesOf } = built('engine/rulebook/draft');
  const { priceCart } = built('engine/cart/priced-cart');
  const rules = rulesOf(rulebook, undefined);
  const counts = carts.map((cart) => {
    const { linesBy } = priceCart(cart, AT, rules);
    const byCart = (kind) => (kind === 'cartAttribute' || kind === 'customerAttribute' ? [] : linesBy(kind).keys);
    return rules.discountsFor(byCart).length;
  });
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

const plain = (size) => [catalogOf(size), cartsOf(size, 200)];
const contenders = [];
const add = (...given) => contenders.push(contender(...given));
if (base === undefined) {
  const [catalog, carts] = plain(10_000);
  const attributed = withAttributes(carts, DATACENTERS);
  add(own, '10,000 promotions', catalog, carts);
  add(
    own,
    '10,000 promotions, half with attributes, exclude or custom types',
    { ...withRules(catalog, 0.5), usesTypes: true },
    attributed,
  );
  const large = byAttribute(100_000);
  add(own, '100,000 promotions by plan and tag', ...plain(100_000));
  add(own, '100,000 promotions by attribute', large.catalog, withAttributes(cartsOf(100_000, 200), large.values));
} else {
  for (const size of [1_000, 10_000]) {
    add(base, `${size} promotions, before`, ...plain(size));
    add(own, `${size} promotions, after`, ...plain(size));
  }
}
for (let round = 0; round < ROUNDS; round++) for (const one of contenders) one.times.push(one.run(ROUND_MS));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
for (const { name, times, candidates } of contenders) {
  const [least, most] = [Math.min(...times), Math.max(...times)].map((time) => time.toFixed(1));
  const figures = `${median(times).toFixed(1)} µs a quote (${least}–${most}), ${candidates.toFixed(1)} candidates`;
  process.stdout.write(`${name.padEnd(68)}${figures}\n`);
}
