import type { FieldError } from '../../engine/vocabulary/problem';
import type { Steps } from '../../store/slices';
import { MOST_ERRORS } from '../answers/problem';
import { openApi } from './openapi';
import { schemaErrors } from './validate-body';

/** So many entries of a list are checked at once. */
const ENTRIES_AT_ONCE = 100;
/** No list may be as long; one that is, is refused as a whole. */
const TOO_LONG = 100_000;

/** Finds what `schemaErrors` finds in an object of long lists, a part of a list at a time. */
export function* errorsInSteps(schema: string, body: unknown, text?: string): Steps<FieldError[]> {
  const lists = Object.entries(body ?? {}).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > ENTRIES_AT_ONCE,
  );
  if (Array.isArray(body) || lists.length === 0 || lists.some(([, list]) => list.length > TOO_LONG)) {
    return schemaErrors(schema, body, text);
  }
  const shortened = { ...(body as object), ...emptyLists(lists.map(([name]) => name)) };
  const errors = schemaErrors(schema, shortened, text);
  const { required = [] } = openApi.components.schemas[schema] as { required?: string[] };
  for (const [name, list] of lists) {
    for (let from = 0; from < list.length && errors.length < MOST_ERRORS; from += ENTRIES_AT_ONCE) {
      yield;
      const part = { ...emptyLists(required), [name]: list.slice(from, from + ENTRIES_AT_ONCE) };
      errors.push(...schemaErrors(schema, part, text).flatMap((error) => moved(error, `/${name}/`, from)));
    }
  }
  return errors.slice(0, MOST_ERRORS);
}

function emptyLists(names: readonly string[]): Record<string, unknown[]> {
  return Object.fromEntries(names.map((name) => [name, []]));
}

/** Puts an error of an entry where the entry is in the whole list; what is wrong with the list itself has been told. */
function moved(error: FieldError, list: string, from: number): FieldError[] {
  if (!error.pointer.startsWith(list)) return [];
  const [place = '', ...path] = error.pointer.slice(list.length).split('/');
  return [{ ...error, pointer: [`${list}${Number(place) + from}`, ...path].join('/') }];
}
