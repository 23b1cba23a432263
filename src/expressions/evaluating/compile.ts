import type { ASTNode } from '@marcbachmann/cel-js';
import { COST, type Steps } from '../step-budget';
import { WrittenMap } from '../values/members';
import { compilePattern } from '../values/patterns';
import {
  eitherFailure,
  FAILED,
  Failure,
  isFailure,
  isList,
  isMembers,
  type Key,
  type Members,
  type Value,
} from '../values/values';
import { type Evaluate, ExpressionError, onMany, onTwo, type Place, unary } from './evaluation';
import { FUNCTIONS, METHODS } from './functions';
import { all, bound, exists, existsOne, filtered, type Macro, mapped } from './macros';
import { BINARY, isKey, negative } from './operators';

/** The deepest that parts of an expression may lie in each other. */
const MOST_DEPTH = 200;

/** Makes a checked expression ready, with the names of what it looks at; throws where it has a part that has no place here. */
export function compile(ast: ASTNode): { evaluate: Evaluate; variables: ReadonlySet<string> } {
  const variables = new Set<string>();
  return { evaluate: compileNode(ast, { names: [], variables, depth: 0, compile: compileNode }), variables };
}

function compileNode(node: ASTNode, place: Place): Evaluate {
  const { depth } = place;
  if (depth > MOST_DEPTH) throw new ExpressionError(`parts lie more than ${MOST_DEPTH} deep in each other`, node.start);
  const inner: Place = { ...place, depth: depth + 1 };
  const ready = (part: ASTNode): Evaluate => compileNode(part, inner);
  switch (node.op) {
    case 'value':
      return literal(node.args, node);
    case 'id':
      return variable(node.args, place, node);
    case '.':
      return member(ready(node.args[0]), node.args[1], node);
    case '[]':
      return entry(ready(node.args[0]), ready(node.args[1]), node);
    case 'call':
      return node.args[0] === 'has' ? has(node, ready) : call(node.args[0], node.args[1].map(ready), FUNCTIONS, node);
    case 'rcall':
      return method(node, inner);
    case 'list':
      return onMany(node.args.map(ready), (values) => values);
    case 'map':
      return map(node.args.map(([key, value]) => [ready(key), ready(value)]));
    case '?:':
      return choice(...(node.args.map(ready) as [Evaluate, Evaluate, Evaluate]));
    case '&&':
      return logical(ready(node.args[0]), ready(node.args[1]), false);
    case '||':
      return logical(ready(node.args[0]), ready(node.args[1]), true);
    case '!_':
      return unary(ready(node.args), (value) => (typeof value === 'boolean' ? !value : FAILED));
    case '-_':
      return unary(ready(node.args), negative);
    default:
      return binary(node, ready);
  }
}

function literal(value: unknown, node: ASTNode): Evaluate {
  if (value === null || ['boolean', 'bigint', 'number', 'string'].includes(typeof value)) {
    const known = value as Value;
    return ({ steps }) => {
      steps.take(COST.node);
      return known;
    };
  }
  throw new ExpressionError('bytes and unsigned integers are not known here', node.start);
}

const VARIABLES: Readonly<Record<string, Evaluate>> = {
  parameters: ({ parameters }) => parameters,
  at: ({ facts }) => facts.at,
  local: ({ facts, steps }) => facts.local(steps),
  cart: ({ facts }) => facts.cart,
  customer: ({ facts }) => facts.customer,
  lines: ({ facts, lines, steps }) => facts.lines(lines, steps),
  line: ({ line }) => line ?? FAILED,
};

function variable(name: string, { names, variables }: Place, node: ASTNode): Evaluate {
  const place = names.lastIndexOf(name);
  if (place >= 0) {
    return ({ own, steps }) => {
      steps.take(COST.node);
      return own[place] ?? null;
    };
  }
  const find = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
  if (find === undefined) throw new ExpressionError(`Unknown variable: ${name}`, node.start);
  variables.add(name);
  return (run) => {
    run.steps.take(COST.node);
    return find(run);
  };
}

function member(whole: Evaluate, name: string, node: ASTNode): Evaluate {
  return unary(whole, (value, steps) => (isMembers(value) ? memberOf(value, name, node, steps) : FAILED));
}

function memberOf(whole: Members, key: Key, node: ASTNode, steps: Steps): Value {
  steps.take(COST.member);
  return whole.get(key, steps) ?? new Failure('missing_fact', node, whole, key);
}

function entry(whole: Evaluate, index: Evaluate, node: ASTNode): Evaluate {
  return onTwo(whole, index, (value, key, steps) => {
    if (isMembers(value)) return isKey(key) ? memberOf(value, key, node, steps) : FAILED;
    if (!isList(value) || typeof key !== 'bigint') return FAILED;
    return key >= 0n && key < BigInt(value.length) ? (value[Number(key)] ?? null) : FAILED;
  });
}

function has(node: ASTNode, ready: (part: ASTNode) => Evaluate): Evaluate {
  const [argument] = (node.args as [string, ASTNode[]])[1] as [ASTNode];
  const [whole, name] = argument.args as [ASTNode, string];
  return unary(ready(whole), (value, steps) => {
    steps.take(COST.member);
    return isMembers(value) ? value.get(name, steps) !== undefined : FAILED;
  });
}

const MACROS: Readonly<Record<string, Macro>> = {
  all,
  exists,
  exists_one: existsOne,
  map: mapped,
  filter: filtered,
};

function method(node: ASTNode & { op: 'rcall' }, inner: Place): Evaluate {
  const [name, receiver, args] = node.args;
  if (receiver.op === 'id' && receiver.args === 'cel' && name === 'bind') return bound(args, inner);
  if (Object.hasOwn(MACROS, name)) return (MACROS[name] as Macro)(compileNode(receiver, inner), args, inner);
  if (name === 'matches') return matches(compileNode(receiver, inner), args[0]);
  return call(
    name,
    [receiver, ...args].map((part) => compileNode(part, inner)),
    METHODS,
    node,
  );
}

/** Only a pattern that is written down is known to be harmless. */
function matches(own: Evaluate, argument: ASTNode | undefined): Evaluate {
  if (argument?.op !== 'value' || typeof argument.args !== 'string') {
    throw new ExpressionError('the pattern of matches must be a text that is written down', argument?.start ?? 0);
  }
  const pattern = patternOf(argument.args, argument.start);
  return unary(own, (value, steps) => (typeof value === 'string' ? pattern.isIn(value, steps) : FAILED));
}

function patternOf(source: string, position: number): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(source);
  } catch (error) {
    throw new ExpressionError(`the pattern is none of RE2: ${(error as Error).message}`, position);
  }
}

function call(name: string, args: readonly Evaluate[], known: typeof FUNCTIONS, node: ASTNode): Evaluate {
  const callable = Object.hasOwn(known, name) ? known[name] : undefined;
  if (callable === undefined) throw new ExpressionError(`${name} is not known here`, node.start);
  return onMany(args, (values, { steps, facts }) => callable(values, steps, facts.decimals));
}

function map(entries: readonly (readonly [Evaluate, Evaluate])[]): Evaluate {
  return (run) => {
    run.steps.take(COST.node + COST.made * entries.length);
    const values = new Map<Key, Value>();
    for (const [ofKey, ofValue] of entries) {
      const [key, value] = [ofKey(run), ofValue(run)];
      if (isFailure(key)) return key;
      if (isFailure(value)) return value;
      if (!isKey(key) || values.has(key)) return FAILED;
      values.set(key, value);
    }
    return new WrittenMap(values);
  };
}

function choice(condition: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (run) => {
    run.steps.take(COST.node);
    const value = condition(run);
    if (typeof value !== 'boolean') return isFailure(value) ? value : FAILED;
    return value ? yes(run) : no(run);
  };
}

/** Evaluates `&&` and `||`: one side that decides is enough, whichever it is, and whatever the other one is. */
function logical(left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  return (run) => {
    run.steps.take(COST.node);
    const first = left(run);
    if (first === decisive) return decisive;
    const second = right(run);
    if (second === decisive) return decisive;
    if (typeof first === 'boolean') return typeof second === 'boolean' || isFailure(second) ? second : FAILED;
    if (!isFailure(first)) return FAILED;
    return isFailure(second) ? eitherFailure(first, second) : first;
  };
}

function binary(node: ASTNode, ready: (part: ASTNode) => Evaluate): Evaluate {
  const operator = Object.hasOwn(BINARY, node.op) ? BINARY[node.op] : undefined;
  if (operator === undefined) throw new ExpressionError(`${node.op} is not known here`, node.start);
  const [left, right] = node.args as [ASTNode, ASTNode];
  return onTwo(ready(left), ready(right), operator);
}
