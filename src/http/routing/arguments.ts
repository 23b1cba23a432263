import type { TsoaRoute } from '@tsoa/runtime';
import type { Request } from 'express';
import type { FieldError } from '../../engine/vocabulary/problem';
import { inSlices } from '../../store/slices';
import { invalid } from '../answers/problem';
import { contextOf } from '../context';
import { meant } from '../contract/error-words';
import { errorsInSteps } from '../contract/long-lists';
import { openApi } from '../contract/openapi';
import { streamedTypeOf } from '../contract/streamed-body';
import { schemaErrors } from '../contract/validate-body';

/** One parameter of a controller's method, as tsoa describes it. */
export type Parameter = TsoaRoute.ParameterSchema;

/** Reads a method's arguments from a request; throws a 422 that lists every error of body, path and query. */
export async function checkedArguments(parameters: readonly Parameter[], request: Request): Promise<unknown[]> {
  const read: Argument[] = [];
  for (const parameter of parameters) {
    read.push(
      isLargeBody(parameter, request) ? await readLargeBody(parameter, request) : readArgument(parameter, request),
    );
  }
  const errors = [...read.flatMap((argument) => argument.errors), ...unknownQueryParameters(parameters, request)];
  if (errors.length > 0) throw invalid(errors);
  return read.map((argument) => argument.value);
}

/** A parameter's value, and what is wrong with it. */
interface Argument {
  value: unknown;
  errors: FieldError[];
}

function readArgument(parameter: Parameter, request: Request): Argument {
  if (parameter.in === 'body') {
    // What is streamed, its operation reads and checks.
    if (streamedTypeOf(request) !== undefined) return { value: undefined, errors: [] };
    const { bodyText } = contextOf(request);
    return { value: request.body, errors: schemaErrors(schemaOf(parameter), request.body, bodyText) };
  }
  const raw = parameter.in === 'path' ? request.params[parameter.name] : request.query[parameter.name];
  if (raw === undefined && !parameter.required) return { value: undefined, errors: [] };
  const value = coerced(schemaOf(parameter), raw);
  return { value, errors: schemaErrors(schemaOf(parameter), value).map((error) => located(error, parameter)) };
}

/** A body of which a check of the whole would hold up others. */
const LARGE_CHARACTERS = 65_536;

function isLargeBody({ in: place, ref }: Parameter, request: Request): boolean {
  return place === 'body' && ref === 'CatalogDocument' && (contextOf(request).bodyText?.length ?? 0) > LARGE_CHARACTERS;
}

async function readLargeBody(parameter: Parameter, request: Request): Promise<Argument> {
  const errors = await inSlices(errorsInSteps(schemaOf(parameter), request.body, contextOf(request).bodyText));
  return { value: request.body, errors };
}

/** Every parameter has a named type, so that the published document, and ajv, know its format too. */
function schemaOf(parameter: Parameter): string {
  if (parameter.ref === undefined) throw new Error(`The parameter ${parameter.name} needs a named type`);
  return parameter.ref;
}

/** Returns what is a text in a URL, as the number or truth value that its schema asks for. */
function coerced(schema: string, raw: unknown): unknown {
  const { type } = openApi.components.schemas[schema] as { type?: string };
  if (type === 'integer' && typeof raw === 'string' && /^-?\d{1,15}$/.test(raw)) return Number(raw);
  if (type === 'boolean' && (raw === 'true' || raw === 'false')) return raw === 'true';
  return raw;
}

function located(error: FieldError, parameter: Parameter): FieldError {
  return { ...error, pointer: `/${parameter.in}/${parameter.name}${error.pointer}` };
}

function unknownQueryParameters(parameters: readonly Parameter[], request: Request): FieldError[] {
  if (!request.url.includes('?')) return [];
  const known = new Set(parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name));
  return Object.keys(request.query)
    .filter((name) => !known.has(name))
    .map((name) => {
      const detail = `is not known here${meant(name, [...known])}`;
      return { pointer: `/query/${name}`, code: 'unknown_parameter', detail };
    });
}
