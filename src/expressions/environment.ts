import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { ExpressionError } from './evaluating/evaluation';
import { Failure } from './values/values';

/** What an expression is for: a condition holds or not, a value is an amount of money. */
export type ExpressionKind = 'condition' | 'value';

/** What the type of an expression must be; what is only known once there is a cart is judged then. */
const WANTED: Readonly<Record<ExpressionKind, string>> = { condition: 'bool', value: 'decimal' };
const MEMBERS_OF_ANY_KIND = 'map<string, dyn>';
const TIMESTAMP = 'google.protobuf.Timestamp';
const MOST_NODES = 2_000;

const LINE = {
  id: 'string',
  action: 'string',
  serviceType: 'string',
  plan: 'string',
  planGroups: 'list<string>',
  addon: 'string',
  tags: 'list<string>',
  period: 'Period',
  quantity: 'int',
  unitPrice: 'decimal',
  subtotal: 'decimal',
  attributes: MEMBERS_OF_ANY_KIND,
};

/** The types of what an expression sees, by name; each before those that it is a part of. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Period: { unit: 'string', length: 'int' },
  Line: LINE,
  Local: {
    year: 'int',
    month: 'int',
    day: 'int',
    weekday: 'string',
    hour: 'int',
    minute: 'int',
  },
  Cart: {
    currency: 'string',
    total: 'decimal',
    quantity: 'int',
    attributes: MEMBERS_OF_ANY_KIND,
    promoCodes: 'list<string>',
  },
  Service: {
    serviceType: 'string',
    plan: 'string',
    planGroups: 'list<string>',
    status: 'string',
    paid: 'bool',
    quantity: 'int',
    activatedAt: TIMESTAMP,
    orderedAt: TIMESTAMP,
  },
  AccountEntry: { at: TIMESTAMP, amount: 'decimal', currency: 'string' },
  Customer: {
    id: 'string',
    registeredAt: TIMESTAMP,
    registeredDays: 'int',
    language: 'string',
    groups: 'list<string>',
    orderCount: 'int',
    firstServiceAt: TIMESTAMP,
    firstServiceDays: 'int',
    services: 'list<Service>',
    expenses: 'list<AccountEntry>',
    payments: 'list<AccountEntry>',
    attributes: MEMBERS_OF_ANY_KIND,
  },
};

/** The functions that the Common Expression Language does not have. */
const SIGNATURES = [
  'decimal(string): decimal',
  'decimal(int): decimal',
  'decimal(decimal): decimal',
  'string(decimal): string',
  `string(${TIMESTAMP}): string`,
  `timestamp(${TIMESTAMP}): ${TIMESTAMP}`,
  'round(decimal, int): decimal',
  'sum(list<decimal>): decimal',
  'sum(list<int>): int',
  ...['min', 'max'].flatMap((name) => [
    ...['decimal', 'int'].flatMap((type) => [
      `${name}(${type}, ${type}): ${type}`,
      `${name}(${type}, ${type}, ${type}): ${type}`,
      `${name}(list<${type}>): ${type}`,
    ]),
  ]),
];

/** Stands for what the library would compute: it only parses and checks, and never evaluates. */
const nothing = (): undefined => undefined;

const conditions = withVariables(new Environment({ limits: { maxAstNodes: MOST_NODES } }));
const values = conditions.clone().registerVariable('line', 'Line');

function withVariables(environment: Environment): Environment {
  environment.registerType('decimal', Failure);
  for (const sign of ['+', '-', '*', '/']) {
    environment.registerOperator(`decimal ${sign} decimal: decimal`, nothing);
  }
  for (const sign of ['<', '<=', '>', '>=', '==']) environment.registerOperator(`decimal ${sign} decimal`, () => false);
  environment.registerOperator('-decimal: decimal', nothing);
  for (const signature of SIGNATURES) environment.registerFunction(signature, nothing, { async: false });
  for (const [name, fields] of Object.entries(TYPES)) environment.registerType({ name, fields: { ...fields } });
  return environment
    .registerVariable('parameters', MEMBERS_OF_ANY_KIND)
    .registerVariable('at', TIMESTAMP)
    .registerVariable('local', 'Local')
    .registerVariable('cart', 'Cart')
    .registerVariable('customer', 'Customer')
    .registerVariable('lines', 'list<Line>');
}

/** Parses an expression; throws an `ExpressionError` where it is none. */
export function parse(expression: string): ASTNode {
  return guarded(() => values.parse(expression).ast);
}

/** Parses an expression and checks the types in it; throws an `ExpressionError` where one is wrong. */
export function check(expression: string, kind: ExpressionKind): ASTNode {
  return guarded(() => {
    const parsed = (kind === 'condition' ? conditions : values).parse(expression);
    const { valid, type, error } = parsed.check();
    if (!valid) throw error;
    const wanted = WANTED[kind];
    if (type === wanted || type === 'dyn') return parsed.ast;
    throw new ExpressionError(`the expression must be of type ${wanted}, and is of type ${type}`, 0);
  });
}

/** Returns what the library says of an error; and a stack that is too small for an expression is one of the expression's. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    if (error instanceof RangeError) throw new ExpressionError('parts lie too deep in each other', 0);
    const { summary, range } = error as { summary?: string; range?: { start: number } };
    if (summary === undefined) throw error;
    throw new ExpressionError(summary, range?.start ?? 0);
  }
}
