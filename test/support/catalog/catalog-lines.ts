import type { Agent, Response } from 'supertest';
import type { CatalogChanges } from '../../../src/store/whole-catalog/changes';
import type { CatalogDocument } from '../../../src/store/whole-catalog/document';

/** What the lines of each list of a document are called. */
const RESOURCES = {
  conditionTypes: 'condition_type',
  discountTypes: 'discount_type',
  tags: 'tag',
  plans: 'plan',
  promotions: 'promotion',
  discounts: 'discount',
  relatedProducts: 'related_product',
  upgradePaths: 'upgrade_path',
} as const satisfies { [list in keyof Required<CatalogDocument>]: string };

/** A catalog document as NDJSON. */
export function linesOf(document: CatalogDocument): string {
  const lists = Object.entries(RESOURCES) as [keyof CatalogDocument, string][];
  const entries = lists.flatMap(([list, resource]) => (document[list] ?? []).map((entry) => ({ resource, ...entry })));
  return [{ catalog: 1 }, ...entries, { end: true, count: entries.length }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** Sends a text as NDJSON. */
export function sendLines(as: Agent, text: string, query: object = {}) {
  return as.put('/v1/catalog').query(query).set('Content-Type', 'application/x-ndjson').send(text);
}

/** Sends a catalog document as NDJSON; returns what it changed without the counts, which are those of the lists. */
export async function putLines(as: Agent, document: CatalogDocument, query: object = {}): Promise<CatalogChanges> {
  const { counts, ...changes } = (await sendLines(as, linesOf(document), query).expect(200)).body as CatalogChanges;
  const { created, changed, archived } = changes;
  expect(counts).toEqual({ created: created.length, changed: changed.length, archived: archived.length });
  return changes;
}

/** Reads the catalog as NDJSON, and makes a document of it. */
export async function getLines(as: Agent): Promise<CatalogDocument> {
  const answer = await as
    .get('/v1/catalog')
    .set('Accept', 'application/x-ndjson')
    .buffer(true)
    .parse(asText)
    .expect(200)
    .expect('Content-Type', 'application/x-ndjson');
  const [head, ...rest] = (answer.body as string)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const end = rest.pop();
  expect([head, end]).toEqual([{ catalog: 1 }, { end: true, count: rest.length }]);
  const entriesOf = (wanted: string) =>
    rest.filter(({ resource }) => resource === wanted).map(({ resource: _, ...entry }) => entry);
  return Object.fromEntries(
    Object.entries(RESOURCES).map(([list, resource]) => [list, entriesOf(resource)]),
  ) as unknown as CatalogDocument;
}

function asText(response: Response, done: (error: Error | null, text: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (part: string) => {
    text += part;
  });
  response.on('end', () => done(null, text));
}
