import type { CustomConditionType, CustomTypes, CustomValueType } from '../engine/cart/custom-types';
import { type Fraction, reduced, ZERO } from '../engine/money/fraction';
import { integerOf } from '../engine/money/integer';
import type { CustomTypeFields } from '../engine/rulebook/custom-type';
import type { FieldError } from '../engine/vocabulary/problem';
import type { ExpressionKind } from './environment';
import { type Note, Use } from './evaluator';
import { parameterCheck, schemaErrors } from './parameters/parameter-schema';
import { expressionErrors, type Program, programOf } from './program';
import { isBounded, isDecimal, type Value } from './values/values';

/** The types that a provider defined, by their kind. */
export interface CustomTypeLists {
  readonly conditionTypes: readonly CustomTypeFields[];
  readonly discountTypes: readonly CustomTypeFields[];
}

/** Finds what no schema can say about a type that is to be saved. */
export function checkCustomType({ parameters, expression }: CustomTypeFields, kind: ExpressionKind): FieldError[] {
  return [
    ...schemaErrors(parameters).map((error) => ({ ...error, pointer: `/parameters${error.pointer}` })),
    ...expressionErrors(expression, kind),
  ];
}

/** Makes a provider's types ready for the engine; `note` is told of each evaluation that fails or costs too much. */
export function customTypesOf(lists: CustomTypeLists, note?: Note): CustomTypes {
  const steps = customTypesInSteps(lists, note);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Returns the same in steps, between which others may be let in: hundreds of long expressions take a while. */
export function* customTypesInSteps(lists: CustomTypeLists, note: Note = noNote): Generator<undefined, CustomTypes> {
  const conditions = new Map<string, CustomConditionType>();
  for (const type of lists.conditionTypes) {
    conditions.set(type.name, conditionType(type, note));
    yield;
  }
  const values = new Map<string, CustomValueType>();
  for (const type of lists.discountTypes) {
    values.set(
      type.name,
      valueType(programOf(type.expression), type.expression, parameterCheck(type.parameters), note),
    );
    yield;
  }
  return {
    condition: (name) => conditions.get(name),
    value: (name) => values.get(name),
    keptValue: keptTypes(note),
  };
}

function noNote(): void {
  // Nobody counts.
}

function conditionType({ title, parameters, expression }: CustomTypeFields, note: Note): CustomConditionType {
  const { evaluate } = programOf(expression);
  return {
    title,
    parameterErrors: parameterCheck(parameters),
    prepare(given) {
      const use = new Use(evaluate, given, asBoolean, note);
      return (cart) => use.outcome(cart);
    },
  };
}

function valueType(
  { evaluate, namesLine }: Program,
  expression: string,
  parameterErrors: CustomValueType['parameterErrors'],
  note: Note,
): CustomValueType {
  return {
    expression,
    namesLine,
    parameterErrors,
    prepare(given, isOnce) {
      const use = new Use(evaluate, given, asAmount, note);
      return (cart, lines) => use.outcomes(cart, lines, isOnce);
    },
  };
}

/** As many as are kept ready: every quote of a customer asks for those of his grants. */
const MOST_KEPT = 200;

function keptTypes(note: Note): CustomTypes['keptValue'] {
  const ready = new Map<string, CustomValueType>();
  return (expression) => {
    const known = ready.get(expression);
    if (known !== undefined) return known;
    if (ready.size >= MOST_KEPT) ready.clear();
    // Its parameters were checked when it was an ordinary one.
    const made = valueType(programOf(expression), expression, () => [], note);
    ready.set(expression, made);
    return made;
  };
}

function asBoolean(value: Value): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Below zero counts as zero. */
function asAmount(value: Value): Fraction | undefined {
  if (!isDecimal(value) || !isBounded(value)) return undefined;
  const { s, e, c } = value;
  if (s < 0 || c[0] === 0) return ZERO;
  const exponent = e - (c.length - 1);
  const power = 10n ** BigInt(Math.abs(exponent));
  const digits = BigInt(c.join(''));
  return exponent >= 0
    ? { num: integerOf(digits * power), den: 1 }
    : reduced({ num: integerOf(digits), den: integerOf(power) });
}
