import { checkCustomType } from '../../src/expressions/custom-types';

const parameters = { type: 'object' };
const errorsOf = (expression: string, kind: 'condition' | 'value' = 'condition') =>
  checkCustomType({ name: 'own', title: 'Own', parameters, expression }, kind);

test.each([
  ['cart.total >=', 14],
  ['basket.total > decimal(1)', 1],
  ['cart.totl > decimal(1)', 6],
  ['cart.total', 1],
  ['cart.total > 5', 1],
  ['cart.total * 2 > decimal(1)', 1],
  ['cart.total == 5', 1],
  ['decimal(1.5) > decimal(1)', 1],
  ['line.quantity > 1', 1],
  ['"a".matches(parameters.pattern)', 13],
  ['"a".matches("(")', 13],
  ['"a".matches("(?=a)")', 13],
  ['"a".matches("(a{1000}){1000}")', 13],
  ['type(1) == int', 1],
  ['b"a" == b"a"', 1],
  ['5u == 5u', 1],
  ['[1, 2].sort() == [1, 2]', 1],
  ['lines.all(1, true)', 11],
])('the condition %s is refused with its place', (expression, column) => {
  expect(errorsOf(expression)).toMatchObject([{ pointer: '/expression', code: 'expression' }]);
  expect(errorsOf(expression)[0]?.detail).toMatch(new RegExp(`^line 1, column ${column}: `));
});

test('the place is told by line and column', () => {
  expect(errorsOf('cart.quantity > 1\n  && cart.nothing')[0]?.detail).toMatch(
    /^line 2, column 11: No such key: nothing/,
  );
});

test('a value is a decimal, and may look at its line', () => {
  expect(errorsOf('line.subtotal', 'value')).toEqual([]);
  expect(errorsOf('line.quantity', 'value')[0]?.detail).toContain('must be of type decimal');
  expect(errorsOf('parameters.amount', 'value')).toEqual([]);
});

test.each([
  ['deep parentheses', `${'('.repeat(300)}true${')'.repeat(300)}`],
  ['a chain of negations', `${'!'.repeat(3_900)}true`],
  ['a long sum', `${'1+'.repeat(1_900)}1 > 0`],
  ['nested macros', `${'lines.all(l, '.repeat(250)}true${')'.repeat(250)}`],
])('%s are refused, and overflow no stack', (_name, expression) => {
  expect(errorsOf(expression)).toMatchObject([{ pointer: '/expression' }]);
});

test('a variable of a macro may have the name of one that is not there', () => {
  expect(errorsOf('lines.all(line, line.quantity > 0)')).toEqual([]);
});
