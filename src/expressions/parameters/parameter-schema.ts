import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import type { CustomParameters } from '../../engine/cart/custom-types';
import { digitsOf, EXACT, isJsonNumber } from '../../engine/vocabulary/decimal';
import type { FieldError } from '../../engine/vocabulary/problem';
import { OVER_COST, Steps } from '../step-budget';
import { compilePattern } from '../values/patterns';
import { addErrorCounter, EnoughErrors, plainFieldError, stopAtEnough, uniqueItems } from './bounded-work';
import { schemaShapeErrors } from './schema-shape';

/** A JSON Schema, draft 2020-12. */
export type Schema = { [keyword: string]: unknown };

/** The longest JSON of the parameters of one use. */
const MOST_CHARACTERS = 10_000;
const MOST_ERRORS = 50;
/** What the patterns of a schema may take for the parameters of one use, all together: some tens of milliseconds. */
const PATTERN_STEPS = 20_000_000;

/** Finds what is wrong with the schema of a type's parameters that is to be saved. */
export function schemaErrors(schema: Schema): FieldError[] {
  const shape = schemaShapeErrors(schema);
  if (shape.length > 0) return shape;
  const { ajv, run } = one();
  const errors = run(
    () => ajv.validateSchema(schema) === true,
    () => ajv.errors,
  );
  if (errors.length > 0) return errors;
  try {
    compiledOnly(schema);
    return [];
  } catch (error) {
    return [{ pointer: '', code: 'json_schema', detail: `is no JSON Schema: ${(error as Error).message}` }];
  }
}

/** Prepares the test of parameters by a schema that was saved. */
export function parameterCheck(schema: Schema): (parameters: CustomParameters) => FieldError[] {
  let check: ((parameters: unknown) => FieldError[]) | undefined;
  return (parameters) => {
    const text = JSON.stringify(parameters);
    if (text.length > MOST_CHARACTERS) {
      return [{ pointer: '', code: 'max_length', detail: `must have at most ${MOST_CHARACTERS} characters as JSON` }];
    }
    // Rules are read by the thousand, and their parameters were checked when they were saved.
    check ??= compiled(schema);
    return check(text.includes(EXACT) ? withNumbers(text) : parameters);
  };
}

function compiled(schema: Schema): (parameters: unknown) => FieldError[] {
  const { run } = one();
  const validate = compiledOnly(schema);
  return (parameters) =>
    run(
      () => validate(parameters),
      () => validate.errors,
    );
}

/** Compiles a schema; ajv itself keeps nothing of it, as schemas come and go. */
function compiledOnly(schema: Schema): ValidateFunction {
  const { ajv } = one();
  try {
    return ajv.compile(schema);
  } finally {
    ajv.removeSchema(schema);
  }
}

/** A schema sees a number that no double has exactly as the next one that is. */
function withNumbers(text: string): unknown {
  return JSON.parse(text, (_name, part) => (isJsonNumber(part) ? Number(digitsOf(part)) : part));
}

/** An ajv, and how it is run so that nothing makes it slow. */
interface Validator {
  readonly ajv: Ajv2020;
  run(isValid: () => boolean, errors: () => readonly ErrorObject[] | null | undefined): FieldError[];
}

let made: Validator | undefined;

/** Returns the one for all types: to make one takes longer than to compile a hundred schemas. */
function one(): Validator {
  made ??= validator();
  return made;
}

/** Draft 2020-12 takes formats for notes, and so does this; patterns are RE2's, which look at each character once. */
function validator(): Validator {
  let steps = new Steps(0);
  const patternTest = (source: string): { test(text: string): boolean; toString(): string } => {
    const pattern = compilePattern(source);
    // Ajv tells patterns apart by what they are as texts.
    return { test: (text) => pattern.isIn(text, steps), toString: () => source };
  };
  const ajv = new Ajv2020({
    allErrors: true,
    strictSchema: false,
    strictTypes: false,
    validateFormats: false,
    // What is to be saved is validated by itself, and what is saved was.
    validateSchema: false,
    logger: false,
    code: { process: stopAtEnough, regExp: Object.assign(patternTest, { code: 'patternTest' }) },
  });
  addErrorCounter(ajv);
  ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems);
  return {
    ajv,
    run(isValid, errors) {
      steps = new Steps(PATTERN_STEPS);
      try {
        return isValid() ? [] : toFieldErrors(errors());
      } catch (error) {
        if (error instanceof EnoughErrors) return toFieldErrors(error.errors);
        if (error !== OVER_COST) throw error;
        return [
          { pointer: '', code: 'pattern', detail: 'takes too long to be compared with the patterns of its type' },
        ];
      }
    },
  };
}

function toFieldErrors(errors: readonly ErrorObject[] | null | undefined): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of errors ?? []) {
    const told = plainFieldError(error);
    found.set(`${told.pointer} ${told.code}`, told);
    if (found.size >= MOST_ERRORS) break;
  }
  return [...found.values()];
}
