// node bench/expressions.mjs: what hostile expressions cost until they are given up, and what a step of them takes.
import { createRequire } from 'node:module';
import { AT } from './workload.mjs';

const require = createRequire(import.meta.url);
const built = (name) => require(`../build/dist/src/${name}.js`);
const { customTypesOf } = built('expressions/custom-types');
const { allSteps } = built('engine/cart/steps');
const { priceCart } = built('engine/cart/priced-cart');

const ROUNDS = 15;
const BIG = 'decimal("123456789012345678901234567890.123456789012345678901234567891")';
const HOSTILE = [
  'lines.all(a, lines.all(b, lines.all(c, true)))',
  'lines.all(a, lines.all(b, a.id != b.serviceType || true))',
  'lines.all(a, lines.all(b, a.attributes.nope == 1 || true))',
  'lines.map(a, lines.map(b, a.unitPrice * b.unitPrice)).size() > 0',
  'lines.map(a, lines.map(b, a.unitPrice / b.subtotal)).size() > 0',
  `cel.bind(a, ${BIG}, lines.all(x, lines.all(y, a * decimal("1.2345") > decimal(0))))`,
  'cel.bind(a, decimal("12345678901234567890.1234"), lines.all(x, lines.all(y, a * a > decimal(0))))',
  'cel.bind(a, decimal("12345678901234567890.1234"), lines.all(x, lines.all(y, decimal(1) / a >= decimal(0))))',
  'customer.expenses.all(e, e.amount > decimal(0) && e.at < at)',
  'lines.all(a, lines.all(b, a.attributes.text.contains(b.attributes.text + "b") || true))',
  'lines.all(a, lines.all(b, a.attributes.text.matches("(a?){40}a{40}b") || true))',
  'lines.all(a, lines.all(b, a.attributes.text.matches("[^b]*b") || true))',
  'lines.map(a, lines.map(b, a.attributes.text + b.attributes.text)).size() > 0',
  'lines.all(a, lines.all(b, size(a.attributes.text) > 0))',
  'lines.all(a, lines.all(b, a.attributes.text.upperAscii() != ""))',
  'lines.all(a, lines.all(b, a.attributes.text.split("a").join("b") != ""))',
  'lines.all(a, lines.all(b, at.getHours("America/New_York") > 0))',
  'lines.all(a, lines.all(b, timestamp("2024-01-01T00:00:00Z") < at))',
  'lines.all(a, lines.all(b, duration("1h2m3s4ms5us6ns") < duration("2h")))',
  'lines.all(a, lines.all(b, {"a": 1, "b": 2, "c": 3}.size() > 0))',
  'lines.map(a, lines.map(b, b)) == lines.map(a, lines.map(b, b))',
  'lines.all(a, lines.all(b, a.quantity * 3 + b.quantity > 0))',
  'lines.all(a, lines.all(b, double(a.quantity) * 1.5 > 0.1))',
];

const request = {
  currency: 'EUR',
  lines: Array.from({ length: 500 }, (_, n) => ({
    id: `line-${n}`,
    serviceType: 'vps',
    unitPrice: '10.50',
    quantity: 2,
    attributes: { text: 'a'.repeat(255) },
  })),
  customer: {
    expenses: Array.from({ length: 10_000 }, () => ({ at: '2024-01-01T00:00:00Z', amount: '1.10', currency: 'EUR' })),
  },
};
const context = {
  provider: { timeZone: 'Europe/Berlin', defaultLanguage: 'en', settings: { roundingMode: 'half_up' } },
  plans: new Map(),
};
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

process.stdout.write('ms of the whole quote   ns a step   expression, as a condition of 25 promotions\n');
for (const expression of HOSTILE) {
  const type = { name: 'own', title: 'Own', parameters: { type: 'object' }, expression };
  const condition = customTypesOf({ conditionTypes: [type], discountTypes: [] }).condition('own');
  const times = [];
  let steps = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const uses = Array.from({ length: 25 }, () => condition.prepare({}));
    const cart = priceCart(request, AT, context);
    const start = performance.now();
    for (const judge of uses) judge(cart);
    times.push(performance.now() - start);
    steps = allSteps().left - cart.steps.left;
  }
  const ms = median(times);
  const step = ((ms * 1_000_000) / steps).toFixed(2);
  process.stdout.write(`${ms.toFixed(2).padStart(8)}${step.padStart(22)}       ${expression}\n`);
}
