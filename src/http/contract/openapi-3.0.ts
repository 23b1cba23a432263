/** What of JSON Schema 2020-12 the schemas of OpenAPI 3.0 do not have. */
const NOT_IN_3_0 = new Set(['if', 'then', 'else', 'propertyNames', 'patternProperties', 'contains', '$defs']);
/** Below these stand values of the API's user, which look like schemas where they hold schemas. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const']);

/**
 * Renders the published document for tools that read OpenAPI 3.0 only, or are slow in 3.1, as Swagger UI is: what 3.0
 * cannot say is left out, so it accepts a little more than the service does.
 */
export function toOpenApi30(document: object): object {
  const { info, ...rest } = document as { info: { license?: { name: string } } };
  const license = info.license && { name: info.license.name };
  return { ...(rendered(rest) as object), openapi: '3.0.3', info: { ...info, license } };
}

function rendered(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(rendered);
  if (typeof part !== 'object' || part === null) return part;
  const { anyOf, ...rest } = part as { anyOf?: { type?: string }[] };
  if (anyOf?.some(({ type }) => type === 'null')) return nullable(anyOf, rest);
  return Object.fromEntries(Object.entries(part).flatMap(([name, value]) => renderedMember(name, value)));
}

/** In 3.0 null is no type, but a property of the others. */
function nullable(choices: { type?: string }[], rest: object): object {
  const others = choices.filter(({ type }) => type !== 'null').map(rendered);
  return { ...rest, nullable: true, allOf: others };
}

function renderedMember(name: string, value: unknown): [name: string, value: unknown][] {
  if (name === 'properties') return [[name, mapped(value as object, rendered)]];
  if (name === 'const') return [['enum', [value]]];
  if (VALUES.has(name)) return [[name, value]];
  if (NOT_IN_3_0.has(name)) return [];
  if (name === 'allOf' && isEmptied(value)) return [];
  return [[name, rendered(value)]];
}

/** The names of properties are no keywords. */
function mapped(object: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

/** A choice by `if` alone leaves nothing. */
function isEmptied(schemas: unknown): boolean {
  return Array.isArray(schemas) && schemas.every((schema) => Object.keys(rendered(schema) as object).length === 0);
}
