import type { ASTNode } from '@marcbachmann/cel-js';
import { COST } from '../step-budget';
import { eitherFailure, FAILED, type Failure, isFailure, isList, isMembers, type Value } from '../values/values';
import { type Evaluate, ExpressionError, type Place, type Run } from './evaluation';

/** Makes a macro ready: over the entries of a list, or the keys of a map, with a variable of its own. */
export type Macro = (range: Evaluate, args: readonly ASTNode[], place: Place) => Evaluate;

/** Returns whether all entries pass the test; one that fails it is enough for no, whatever others are. */
export const all: Macro = (range, args, place) => quantified(range, args, place, false);

/** Returns whether some entry passes the test; one is enough, whatever others are. */
export const exists: Macro = (range, args, place) => quantified(range, args, place, true);

function quantified(range: Evaluate, args: readonly ASTNode[], place: Place, decisive: boolean): Evaluate {
  const { slot, parts } = bodyOf(args, place);
  const test = parts[0] as Evaluate;
  return overEntries(range, (entries, run) => {
    let failure: Failure | undefined;
    for (const entry of entries) {
      const value = tested(test, entry, slot, run);
      if (value === decisive) return decisive;
      if (typeof value === 'boolean') continue;
      const own = isFailure(value) ? value : FAILED;
      failure = failure === undefined ? own : eitherFailure(failure, own);
    }
    return failure ?? !decisive;
  });
}

/** Returns whether exactly one entry passes the test. */
export const existsOne: Macro = (range, args, place) => {
  const { slot, parts } = bodyOf(args, place);
  const test = parts[0] as Evaluate;
  return overEntries(range, (entries, run) => {
    let passed = 0;
    for (const entry of entries) {
      const value = tested(test, entry, slot, run);
      if (typeof value !== 'boolean') return isFailure(value) ? value : FAILED;
      if (value) passed += 1;
    }
    return passed === 1;
  });
};

/** Returns the entries that pass the test. */
export const filtered: Macro = (range, args, place) => {
  const { slot, parts } = bodyOf(args, place);
  const test = parts[0] as Evaluate;
  return overEntries(range, (entries, run) => {
    const passed: Value[] = [];
    for (const entry of entries) {
      const value = tested(test, entry, slot, run);
      if (typeof value !== 'boolean') return isFailure(value) ? value : FAILED;
      if (value) passed.push(entry);
    }
    return passed;
  });
};

/** Returns what is made of each entry, or with a test of those that pass it. */
export const mapped: Macro = (range, args, place) => {
  const { slot, parts } = bodyOf(args, place);
  const make = parts.at(-1) as Evaluate;
  const test = parts.length > 1 ? (parts[0] as Evaluate) : undefined;
  return overEntries(range, (entries, run) => {
    const made: Value[] = [];
    for (const entry of entries) {
      const passes = test === undefined || tested(test, entry, slot, run);
      if (typeof passes !== 'boolean') return isFailure(passes) ? passes : FAILED;
      if (!passes) continue;
      const value = tested(make, entry, slot, run);
      if (isFailure(value)) return value;
      made.push(value);
    }
    return made;
  });
};

/** `cel.bind`: an expression with a variable of its own. */
export function bound([name, value, body]: readonly ASTNode[], place: Place): Evaluate {
  if (value === undefined || body === undefined) throw new ExpressionError('bind takes a name, a value and a body', 0);
  const make = place.compile(value, place);
  const slot = place.names.length;
  const use = place.compile(body, within(nameOf(name), place));
  return (run) => {
    run.steps.take(COST.node);
    const made = make(run);
    if (isFailure(made)) return made;
    run.own[slot] = made;
    return use(run);
  };
}

function bodyOf([name, ...body]: readonly ASTNode[], place: Place): { slot: number; parts: Evaluate[] } {
  const inner = within(nameOf(name), place);
  return { slot: place.names.length, parts: body.map((part) => place.compile(part, inner)) };
}

function within(name: string, place: Place): Place {
  return { ...place, names: [...place.names, name] };
}

function nameOf(node: ASTNode | undefined): string {
  if (node?.op !== 'id') throw new ExpressionError('the variable of a macro must be a name', node?.start ?? 0);
  return node.args;
}

function overEntries(range: Evaluate, compute: (entries: readonly Value[], run: Run) => Value): Evaluate {
  return (run) => {
    run.steps.take(COST.node);
    const value = range(run);
    if (isList(value)) return compute(value, run);
    if (isMembers(value)) return compute(value.keys(), run);
    return isFailure(value) ? value : FAILED;
  };
}

function tested(test: Evaluate, entry: Value, slot: number, run: Run): Value {
  run.steps.take(COST.entry);
  run.own[slot] = entry;
  return test(run);
}
