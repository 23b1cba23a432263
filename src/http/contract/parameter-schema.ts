import { openApi } from './openapi';

/** A JSON Schema (draft 2020-12) that needs no other document: what it refers to stands in its `$defs`. */
export type ParameterSchema = { [keyword: string]: unknown };

const REFERENCE = '#/components/schemas/';

/** Returns the schema that a published choice, such as `Condition`, has for one `type`; without what the server makes. */
export function parameterSchema(choice: string, type: string): ParameterSchema {
  const { discriminator } = component(choice) as { discriminator: { mapping: Record<string, string> } };
  const schema = withoutServerMade(component(nameOf(discriminator.mapping[type] ?? '')));
  const defs = new Map<string, ParameterSchema>();
  collect(schema, defs);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...relocated(schema),
    ...(defs.size > 0 && { $defs: relocated(Object.fromEntries(defs)) }),
  };
}

/** Returns everything that a schema refers to, and what that refers to. */
function collect(part: unknown, defs: Map<string, ParameterSchema>): void {
  if (typeof part !== 'object' || part === null) return;
  const name = '$ref' in part ? nameOf(String(part.$ref)) : undefined;
  if (name !== undefined && !defs.has(name)) {
    defs.set(name, component(name));
    collect(component(name), defs);
  }
  for (const child of Object.values(part)) collect(child, defs);
}

function relocated(schema: ParameterSchema): ParameterSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll(`"${REFERENCE}`, '"#/$defs/'));
}

/** A form has no use for what a write ignores. */
function withoutServerMade(schema: ParameterSchema): ParameterSchema {
  const properties = Object.entries(schema.properties as Record<string, { readOnly?: boolean }>);
  return { ...schema, properties: Object.fromEntries(properties.filter(([, { readOnly }]) => !readOnly)) };
}

function component(name: string): ParameterSchema {
  const schema = openApi.components.schemas[name];
  if (schema === undefined) throw new Error(`The published document has no schema ${name}`);
  return schema as ParameterSchema;
}

function nameOf(reference: string): string {
  return reference.slice(REFERENCE.length);
}
