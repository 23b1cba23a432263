import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { projectRoot } from '../../../src/project-root';

/** A schema among others that a value may have. */
type Titled = Pick<Schema, '$ref' | 'title'>;
interface Schema {
  title?: string;
  required?: string[];
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  type?: string;
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters: {
    name?: string;
    description?: string;
    example?: unknown;
    in?: string;
    required?: boolean;
    $ref?: string;
  }[];
  requestBody?: {
    content: Record<string, { schema: Schema; example?: unknown; examples?: { example: { value: unknown } } }>;
  };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: Schema; example?: unknown }> }>;
}

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), 'utf8');
const spec = JSON.parse(read('openapi/openapi.json')) as {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, unknown> };
};
const operations = Object.entries(spec.paths).flatMap(([url, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [
    `${method.toUpperCase()} ${url}`,
    operation,
  ]),
);
const schemas = Object.entries(spec.components.schemas);

describe('the published document', () => {
  test('the published document is what the sources say, and clean', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/spec-check.mjs'], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  test('the published document is OpenAPI 3.1', () => {
    expect(spec.openapi).toBe('3.1.1');
  });

  test('operations have names of their own', () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test.each(operations)('%s is described, and says how it refuses', (_name, operation) => {
    expect(operation.summary).toMatch(/^\S.*[^.]$/);
    expect(operation.description).toMatch(/\S/);
    expect(spec.tags.map(({ name }) => name)).toEqual(expect.arrayContaining(operation.tags ?? ['no tag']));
    expect(operation.tags).toHaveLength(1);
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    expect(statuses.some((status) => status.startsWith('4'))).toBe(true);
    for (const parameter of operation.parameters) {
      if (parameter.$ref === undefined) expect(parameter.description).toMatch(/\S/);
    }
  });

  test.each(operations.filter(([, { requestBody }]) => requestBody))('%s has a body to try out', (_name, operation) => {
    for (const [type, body] of Object.entries(operation.requestBody?.content ?? {})) {
      const { schema, example = body.examples?.example.value } = body;
      // What is streamed is a text, of lines that have no name in the document.
      const isText = schema.type === 'string';
      expect({ type, example }).toEqual({ type, example: expect.any(isText ? String : Object) });
      if (!isText) expect(schema.$ref).toMatch(/^#\/components\/schemas\/\w+$/);
    }
  });

  test.each([
    ['Condition', '/v1/promotions/{id}/conditions'],
    ['DiscountValue', '/v1/discounts'],
  ])('every kind of %s has an example of its own', (name, url) => {
    const kinds = Object.keys(spec.components.schemas[name]?.discriminator?.mapping ?? {});
    const examples = spec.paths[url]?.post?.requestBody?.content['application/json']?.examples ?? {};
    expect(Object.keys(examples).sort()).toEqual(['example', ...kinds].sort());
  });

  test.each(operations)('%s has values to try out for what its path needs', (_name, { parameters }) => {
    const needed = parameters.filter((parameter) => parameter.in === 'path');
    expect(needed.filter(({ example }) => example === undefined)).toEqual([]);
  });

  test.each(operations)('%s answers problems as problems', (_name, { responses }) => {
    for (const [status, response] of Object.entries(responses)) {
      if (status.startsWith('2')) continue;
      const shared = response.$ref?.split('/').at(-1) ?? '';
      const { content } = (response.$ref ? spec.components.responses[shared] : response) as typeof response;
      expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });

  test.each(schemas)('%s and all its properties are described', (_name, schema) => {
    expect(schema.description).toMatch(/\S/);
    const undescribed = Object.entries(schema.properties ?? {}).filter(([, property]) => !property.description);
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });

  test.each(
    schemas.filter(([, { type, properties }]) => type === 'object' && properties),
  )('%s refuses unknown properties', (_name, schema) => {
    expect(schema.additionalProperties).toBe(false);
  });

  test.each(
    schemas.filter(([, { oneOf }]) => oneOf),
  )('the kinds of %s are told apart by their type, or by a member that the others lack', (_name, schema) => {
    const kinds = schema.oneOf?.map(({ $ref = '' }) => spec.components.schemas[$ref.split('/').at(-1) ?? '']) ?? [];
    const tellApart = kinds.every((kind) =>
      kind?.required?.some((name) => kinds.every((other) => other === kind || !other?.properties?.[name])),
    );
    if (tellApart) return expect(schema.discriminator).toBeUndefined();
    expect(schema.discriminator?.propertyName).toBe('type');
    expect([...new Set(Object.values(schema.discriminator?.mapping ?? {}))]).toEqual(
      schema.oneOf?.map(({ $ref }) => $ref),
    );
  });

  test('no choice of schemas is left without a discriminator', () => {
    expect(schemas.filter(([, schema]) => 'anyOf' in schema).map(([name]) => name)).toEqual([]);
  });

  test('every choice of a schema has a title, which tools list', () => {
    const untitled: string[] = [];
    const look = (part: unknown, place: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const { anyOf, oneOf = anyOf } = part as { anyOf?: Titled[]; oneOf?: Titled[] };
      for (const [index, choice] of (Array.isArray(oneOf) ? oneOf : []).entries()) {
        const { title } = spec.components.schemas[choice.$ref?.split('/').at(-1) ?? ''] ?? choice;
        if (title === undefined) untitled.push(`${place}/${index}`);
      }
      for (const [name, child] of Object.entries(part)) look(child, `${place}/${name}`);
    };
    look(spec.components.schemas, '');
    look(spec.paths, '');
    expect(untitled).toEqual([]);
  });

  test.each(operations)('%s shows what it really answers', (_name, { responses }) => {
    const shared = spec.components.responses as Operation['responses'];
    const unshown = Object.entries(responses).filter(([, response]) => {
      const { content = {} } = shared[response.$ref?.split('/').at(-1) ?? ''] ?? response;
      return Object.values(content).some(({ example }) => example === undefined);
    });
    expect(unshown.map(([status]) => status)).toEqual([]);
  });

  test('every schema compiles', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: { schemas: spec.components.schemas } });
    for (const [name] of schemas) {
      expect(ajv.getSchema(`openapi#/components/schemas/${name}`)).toBeInstanceOf(Function);
    }
  });
});
