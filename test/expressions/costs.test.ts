import { allSteps } from '../../src/engine/cart/steps';
import { MOST_STEPS } from '../../src/expressions/step-budget';
import { cartOf, outcomeOf } from './evaluate';

const MOST_LINES = 500;
const text = 'a'.repeat(255);
const lines = Array.from({ length: MOST_LINES }, (_, n) => ({ id: `line-${n}`, attributes: { text } }));
const expenses = Array.from({ length: 10_000 }, () => ({
  at: '2024-01-01T00:00:00Z',
  amount: '1.10',
  currency: 'EUR',
}));
const huge = () => cartOf({ lines, customer: { expenses } });
const BIG = 'decimal("123456789012345678901234567890.123456789012345678901234567891")';

const HOSTILE = [
  'lines.all(a, lines.all(b, lines.all(c, true)))',
  'lines.all(a, lines.all(b, a.attributes.nope == 1 || true))',
  'lines.map(a, lines.map(b, a.unitPrice / b.subtotal)).size() > 0',
  `lines.all(a, lines.all(b, ${BIG} * decimal("1.23") > decimal(0)))`,
  'customer.expenses.all(a, customer.expenses.all(b, a.amount > decimal(0) && a.at == b.at))',
  'lines.all(a, lines.all(b, a.attributes.text.contains(b.attributes.text + "b") || true))',
  'lines.all(a, lines.all(b, a.attributes.text.matches("(a?){40}a{40}b") || true))',
  'lines.all(a, lines.all(b, a.attributes.text + b.attributes.text != ""))',
  'lines.all(a, lines.all(b, a.attributes.text.split("a").join("b") != ""))',
  'lines.map(a, lines.map(b, b)) == lines.map(a, lines.map(b, b)) && lines.map(a, lines) == lines.map(a, lines)',
  'lines.all(a, lines.all(b, at.getHours("America/New_York") >= 0))',
  'lines.all(a, lines.all(b, timestamp("2024-01-01T00:00:00Z") < at && duration("1h2m3s") < duration("2h")))',
  'cel.bind(a, lines + lines, cel.bind(b, a + a, cel.bind(c, b + b, c.all(x, c.all(y, true)))))',
];

test.each(HOSTILE)('%s is given up after a million steps', (expression) => {
  const cart = huge();
  expect(outcomeOf(expression, cart)).toEqual({ kind: 'expression_failed' });
  expect(allSteps().left - cart.steps.left).toBe(MOST_STEPS);
});

test('texts do not double without end', () => {
  const doubled = Array.from({ length: 30 }, (_, n) => `cel.bind(t${n + 1}, t${n} + t${n}, `).join('');
  const cart = cartOf();
  const expression = `cel.bind(t0, "0123456789", ${doubled}size(t30) > 0${')'.repeat(31)}`;
  expect(outcomeOf(expression, cart)).toEqual({ kind: 'expression_failed' });
  expect(allSteps().left - cart.steps.left).toBeLessThan(100_000);
});

test('all expressions of a quote share its steps, and there is always something left for a small one', () => {
  const cart = huge();
  for (let n = 0; n < 10; n++) outcomeOf(HOSTILE[0] as string, cart);
  expect(cart.steps.left).toBeGreaterThan(0);
  expect(cart.steps.left).toBeLessThan(2_500);
  expect(outcomeOf('cart.quantity > 0', cart)).toEqual({ kind: 'found', value: true });
});

test('an ordinary expression over a whole cart takes less than half of what one may', () => {
  const cart = huge();
  const expression =
    'lines.exists(l, l.serviceType == "vps" || l.unitPrice > decimal("50.00")) || cart.total > decimal("99")';
  expect(outcomeOf(expression, cart)).toEqual({ kind: 'found', value: true });
  expect(allSteps().left - cart.steps.left).toBeLessThan(MOST_STEPS / 2);
});
