// The rules of the published document that hold for schemas: ranges, discriminators, names of properties in maps, and the
// types of patches.

const SERVER_MADE = ['id', 'version', 'createdAt', 'updatedAt', 'redemptions', 'usage', 'warnings'];
const INTEGER_RANGES = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  int64: { minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
};

/** Refers to a component. */
export const ref = (kind, name) => ({ $ref: `#/components/${kind}/${name}` });

/** Makes tsoa's schemas those of the published document; `types` are what they were made from. */
export function finalizeSchemas(schemas, types) {
  for (const schema of Object.values(schemas)) finalizeSchema(schema);
  for (const schema of Object.values(schemas)) discriminate(schema, schemas);
  nameMapProperties(schemas);
  listTypes(schemas);
  boundPeriods(schemas);
  demandUniqueItems(schemas, types);
}

function finalizeSchema(schema) {
  visit(schema, (part) => {
    const range = INTEGER_RANGES[part.format];
    if (range) Object.assign(part, { ...range, ...part });
    if (part.type === 'object' && part.properties && Object.keys(part.properties).length === 0) delete part.properties;
    delete part.nullable;
    if (part.type === 'number') delete part.format;
    if (part.enum?.length === 1) {
      part.const = part.enum[0];
      delete part.enum;
    }
    const isInput = part.properties?.version && part.properties.createdAt;
    for (const name of isInput ? SERVER_MADE : []) {
      const property = part.properties[name];
      if (property && !part.required?.includes(name)) property.readOnly = true;
    }
  });
}

function visit(part, change) {
  if (typeof part !== 'object' || part === null) return;
  change(part);
  for (const child of Object.values(part)) visit(child, change);
}

/** A choice of schemas becomes a oneOf; where each has values of `type` to itself, it is told apart by that. */
function discriminate(schema, schemas) {
  if (!schema.anyOf?.every((choice) => choice.$ref !== undefined)) return;
  // Told apart by their required members.
  if (!schema.anyOf.every((choice) => typesOf(choice, schemas).length > 0)) {
    schema.oneOf = schema.anyOf;
    delete schema.anyOf;
    return;
  }
  const mapping = Object.fromEntries(
    schema.anyOf.flatMap((choice) => typesOf(choice, schemas).map((type) => [type, choice.$ref])),
  );
  // Said once more for ajv, whose discriminator lets everything pass that is no object.
  schema.type = 'object';
  schema.oneOf = schema.anyOf;
  schema.discriminator = { propertyName: 'type', mapping };
  delete schema.anyOf;
}

/** The values that the `type` of a choice may have. */
export function typesOf(choice, schemas) {
  const type = schemas[choice.$ref?.split('/').at(-1)]?.properties?.type;
  return type?.const === undefined ? (type?.enum ?? []) : [type.const];
}

/** A choice is shown by its title where a tool lists them: by its type, its one value, or its name in words. */
export function titleChoices(spec) {
  const { schemas } = spec.components;
  visit({ schemas, paths: spec.paths }, ({ anyOf, oneOf = anyOf }) => {
    if (!Array.isArray(oneOf)) return;
    for (const choice of oneOf) {
      const name = choice.$ref?.split('/').at(-1);
      const named = name === undefined ? choice : schemas[name];
      named.title ??= titleOf(choice, name, schemas);
    }
  });
}

function titleOf(choice, name, schemas) {
  if (name !== undefined) return typesOf(choice, schemas).join(', ') || name;
  if (choice.type === 'null') return 'removed';
  return choice.const === undefined ? choice.type : String(choice.const);
}

/** tsoa knows no constraint on the names of a map's properties. */
function nameMapProperties(schemas) {
  const byLanguage = {
    minProperties: 1,
    maxProperties: 100,
    propertyNames: { format: 'bcp47', maxLength: 35, pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' },
  };
  Object.assign(schemas.LocalizedText ?? {}, byLanguage);
  for (const schema of Object.values(schemas)) Object.assign(schema.properties?.texts ?? {}, byLanguage);
  const byCurrency = { minProperties: 1, maxProperties: 200, propertyNames: ref('schemas', 'Currency') };
  Object.assign(schemas.Amounts ?? {}, byCurrency);
  // Of no orders there are no sums.
  Object.assign(schemas.MoneyByCurrency ?? {}, { ...byCurrency, minProperties: 0 });
  const byAttribute = { maxProperties: 50, propertyNames: ref('schemas', 'AttributeName') };
  for (const name of ['Attributes', 'AttributeChoices', 'Metadata']) Object.assign(schemas[name] ?? {}, byAttribute);
  const parameters = { maxProperties: 100, propertyNames: { maxLength: 200 } };
  Object.assign(schemas.OfferAction?.properties?.parameters ?? {}, parameters);
  for (const name of ['CustomParameters', 'CustomParameterSchema']) Object.assign(schemas[name] ?? {}, parameters);
}

/** As a list of types, of which one error tells that none fits; tsoa writes one schema for each. */
function listTypes({ AttributeValue, AttributeChoice }) {
  for (const schema of [AttributeValue, AttributeChoice]) {
    delete schema.anyOf;
    Object.assign(schema, { type: ['string', 'number', 'boolean'], maxLength: 255 });
  }
  AttributeValue.type.push('array');
  Object.assign(AttributeValue, { items: { type: 'string', maxLength: 255 }, maxItems: 50 });
}

/** No period is longer than a hundred years, whatever its unit; tsoa knows no bound that depends on another member. */
function boundPeriods(schemas) {
  const most = { month: 1200, year: 100 };
  schemas.Period.allOf = Object.entries(most).map(([unit, maximum]) => ({
    if: { properties: { unit: { const: unit } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: { properties: { length: { maximum } } },
  }));
}

/** tsoa reads `@uniqueItems` but leaves it out of the document. */
function demandUniqueItems(schemas, types) {
  for (const { refName, properties = [] } of Object.values(types)) {
    for (const { name, validators } of properties) {
      if (validators.uniqueItems) schemas[refName].properties[name].uniqueItems = true;
    }
  }
}

/** A patch of the type that a PUT of the same path takes: each member may be left out, or removed by null. */
export function typePatches(spec) {
  for (const [path, { put, patch }] of Object.entries(spec.paths)) {
    // What cannot be replaced is typed as it was created.
    const whole = put ?? spec.paths[path.replace(/\/\{\w+\}$/, '')]?.post;
    if (patch === undefined || whole?.requestBody === undefined) continue;
    const [{ schema }] = Object.values(whole.requestBody.content);
    const type = schema.$ref.split('/').at(-1);
    const name = `${type.replace(/Input$/, '')}Patch`;
    spec.components.schemas[name] ??= patchOf(type, spec.components.schemas);
    for (const content of Object.values(patch.requestBody.content)) content.schema = ref('schemas', name);
  }
}

function patchOf(whole, schemas) {
  const choices = schemas[whole].oneOf?.map(({ $ref }) => $ref.split('/').at(-1)) ?? [whole];
  const properties = {};
  for (const choice of choices) {
    for (const [name, property] of Object.entries(schemas[choice].properties)) {
      if (!property.readOnly) properties[name] ??= patchOfMember(property, schemas);
    }
  }
  const description = `A JSON Merge Patch (RFC 7396) of a ${whole}: members replace those of the resource, objects are merged, null removes a member.`;
  return { description, type: 'object', properties, additionalProperties: false };
}

const PART_OF_OBJECT = { type: 'object', additionalProperties: true, maxProperties: 1000 };

/** Objects are merged, so that of them a part is enough; what comes of it is checked whole. */
function patchOfMember(property, schemas) {
  const named = schemas[property.$ref?.split('/').at(-1)] ?? property;
  const description = property.description ?? named.description;
  const isObject = named.type === 'object' || named.oneOf !== undefined;
  return { description, anyOf: [isObject ? PART_OF_OBJECT : withoutDefault(property), { type: 'null' }] };
}

function withoutDefault({ default: _default, description: _description, ...property }) {
  return property;
}
