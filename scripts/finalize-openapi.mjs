// From what tsoa writes (OpenAPI 3.0, only what the sources say) to the published document (3.1.1): discriminators,
// names of properties in maps (finalize-schemas.mjs), and what holds for every operation of a kind: parameters, errors,
// headers (openapi/components.json) and examples.

import { finalizeSchemas, ref, titleChoices, typePatches, typesOf } from './finalize-schemas.mjs';

/** Paths that quote: they write nothing, and may ask for rules of a version. */
const QUOTES = ['/v1/quote', '/v1/quotes', '/v1/forecast'];
/** Operations that read their body as a stream, which tsoa does not know; with an example of each type. */
const STREAMED = {
  importPromoCodes: {
    'text/csv': 'code,maxRedemptions\nAUTUMN-1,1\nAUTUMN-2,1\n',
    'application/x-ndjson': '{"code":"AUTUMN-3"}\n{"code":"AUTUMN-4"}\n',
  },
};
/** Operations that read their body, or send their answer, as a stream of lines as well as in one piece. */
const ALSO_LINES = {
  type: 'application/x-ndjson',
  content: {
    schema: { type: 'string' },
    example:
      '{"catalog":1}\n{"resource":"tag","name":"monthly"}\n{"resource":"tag","name":"yearly"}\n{"end":true,"count":2}\n',
  },
  bodies: ['replaceCatalog'],
  answers: ['getCatalog'],
};
const streamedBody = (examples) => ({
  required: true,
  content: Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' }, example }]),
  ),
});

/**
 * Returns the published document for a raw one and the types that it was made from; `examples` are bodies, path and query
 * parameters by operation id, `components` the parameters, headers and problems that operations share.
 */
export function finalize(raw, types, { examples, kinds, components }) {
  const spec = renamePages(structuredClone(raw));
  spec.openapi = '3.1.1';
  spec.info.license = { name: 'MIT', identifier: 'MIT' };
  spec.servers = [{ url: '/' }];
  const { schemas } = spec.components;
  finalizeSchemas(schemas, types);
  Object.assign(spec.components, commonComponents(components));
  for (const [path, operations] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      finalizeOperation(operation, { path, method, schemas, examples: examples[operation.operationId] ?? {} });
      if (method === 'post') nameExamples(operation, schemas, kinds);
    }
  }
  typePatches(spec);
  titleChoices(spec);
  return { ...spec, paths: sorted(spec.paths), components: { ...spec.components, schemas: sorted(schemas) } };
}

/** `Page_Promotion_` is called `PromotionPage`. */
function renamePages(spec) {
  return JSON.parse(JSON.stringify(spec).replaceAll(/\bPage_(\w+?)_(?=")/g, '$1Page'));
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function finalizeOperation(operation, { path, method, schemas, examples }) {
  operation.parameters = [...(operation.parameters ?? [])];
  for (const parameter of operation.parameters)
    describeParameter(parameter, schemas, { ...examples.path, ...examples.query });
  const scopes = operation.security?.[0]?.bearer;
  if (STREAMED[operation.operationId]) operation.requestBody = streamedBody(STREAMED[operation.operationId]);
  const hasBody = operation.requestBody !== undefined;
  const isQuote = QUOTES.includes(path);
  const isWrite = method !== 'get' && !isQuote;
  const isAddressed = path.includes('{');
  const isScoped = scopes?.includes('secret') ?? false;
  if (method === 'post' && !isQuote) operation.parameters.push(ref('parameters', 'IdempotencyKey'));
  const isConditional = ['put', 'patch', 'delete'].includes(method) || SETTLES.test(path);
  if (isConditional) operation.parameters.push(ref('parameters', 'IfMatch'));
  if (isQuote) operation.parameters.push(ref('parameters', 'CatalogVersion'));
  // The admin key says for which provider it acts; whoever sends another key leaves the header out.
  if (isScoped) {
    const [, ...others] = operation.security;
    operation.security = [{ bearer: scopes }, { bearer: scopes, provider: [] }, ...others];
  }
  if (!scopes) operation.security = [];
  if (hasBody && !STREAMED[operation.operationId]) describeBody(operation, method, examples);
  if (ALSO_LINES.bodies.includes(operation.operationId)) {
    operation.requestBody.content[ALSO_LINES.type] = ALSO_LINES.content;
  }
  const errors = [
    hasBody && [400, 'MalformedJson'],
    scopes && [401, 'Unauthorized'],
    scopes && [403, 'Forbidden'],
    (isAddressed || isScoped) && [404, 'NotFound'],
    [406, 'NotAcceptable'],
    isWrite && scopes && (isAddressed || hasBody) && [409, 'Conflict'],
    isConditional && [412, 'VersionMismatch'],
    hasBody && [413, 'BodyTooLarge'],
    hasBody && [415, 'UnsupportedMediaType'],
    scopes && [422, 'Invalid'],
    scopes && [429, 'TooManyRequests'],
    scopes && [500, 'InternalError'],
    (scopes || path === '/ready') && [503, 'Unavailable'],
  ];
  for (const error of errors) if (error) operation.responses[error[0]] ??= ref('responses', error[1]);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith('2')) {
      if (response.content) orAnotherProblem(response, examples.problems?.[status]);
      continue;
    }
    describeAnswer(response, status, schemas, examples.answer);
    if (ALSO_LINES.answers.includes(operation.operationId)) response.content[ALSO_LINES.type] = ALSO_LINES.content;
    if (method !== 'get' && WRITES_RULES.test(path))
      response.headers['Offerbook-Catalog-Version'] = ref('headers', 'CatalogVersion');
    if (isQuote) response.headers['Offerbook-Stale'] = ref('headers', 'Stale');
  }
}

/** A problem with members of its own is one of those that its status may have. */
function orAnotherProblem(response, example) {
  const [content] = Object.values(response.content);
  response.headers = { 'X-Request-Id': ref('headers', 'RequestId') };
  if (example !== undefined) content.example = example;
  content.schema = { anyOf: [content.schema, ref('schemas', 'Problem')] };
}

/** What changes a resource by a POST. */
const SETTLES = /\/(confirm|cancel|replace|returns|rotate)$/;
const WRITES_RULES =
  /^\/v1\/(catalog|tags|plans|promotions|discounts|related-products|upgrade-paths|condition-types|discount-types)(?!.*promo-codes)/;

function describeParameter(parameter, schemas, values) {
  const schema = schemas[parameter.schema.$ref?.split('/').at(-1)];
  parameter.description ??= schema?.description;
  if (values?.[parameter.name] !== undefined) parameter.example = values[parameter.name];
}

function describeBody(operation, method, examples) {
  const { content } = operation.requestBody;
  const json = content['application/json'];
  if (examples.body !== undefined) json.example = examples.body;
  if (method === 'patch') {
    operation.requestBody.content = { 'application/merge-patch+json': json, 'application/json': json };
  }
}

/** One example for each kind that the body may be of, or have a value of, by its name. */
function nameExamples({ requestBody }, schemas, kinds) {
  const json = requestBody?.content['application/json'];
  const name = json?.schema?.$ref?.split('/').at(-1);
  if (kinds[name] === undefined) return;
  const known = new Set(
    (schemas[name].oneOf ?? schemas.DiscountValue.oneOf).flatMap((choice) => typesOf(choice, schemas)),
  );
  const named = Object.entries(kinds[name]).filter(([kind]) => known.has(kind));
  json.examples = { example: { summary: 'An example', value: json.example }, ...Object.fromEntries(named) };
  delete json.example;
}

function describeAnswer(response, status, schemas, example) {
  const [content] = Object.values(response.content ?? {});
  const properties = schemas[content?.schema?.$ref?.split('/').at(-1)]?.properties ?? {};
  response.headers = { 'X-Request-Id': ref('headers', 'RequestId') };
  if (properties.version && properties.updatedAt) response.headers.ETag = ref('headers', 'ETag');
  if (status === '201' && properties.id) response.headers.Location = ref('headers', 'Location');
  if (content && example !== undefined) content.example = example;
}

/** The components that no source says; a problem is written short. */
function commonComponents({ parameters, headers, problems }) {
  return { parameters, headers, responses: mapped(problems, problemResponse) };
}

function problemResponse({ headers = {}, ...problem }) {
  const { status, title, code, detail, errors } = problem;
  const example = {
    type: `urn:offerbook:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId: '4f1a9d52-7a39-4b3a-9a53-2f4c3f1f0a11',
    ...(errors && { errors }),
  };
  return {
    description: title,
    headers: { 'X-Request-Id': ref('headers', 'RequestId'), ...mapped(headers, (name) => ref('headers', name)) },
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem'), example } },
  };
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
