import fs from 'node:fs';
import path from 'node:path';
import { openApi } from '../src/http/contract/openapi';
import { projectRoot } from '../src/project-root';
import { type Api, startApi } from './support/api';

/** A resource that an example saves. */
interface Saved {
  path: string;
  body: object;
}

/** An example of docs/lint.md. */
interface Example {
  before?: Saved[];
  write: Saved;
  warnings: { code: string; pointer: string }[];
}

const text = fs.readFileSync(path.join(projectRoot, 'docs/lint.md'), 'utf8');
const sections = text
  .split(/^## /m)
  .slice(1)
  .map((section): [string, Example[]] => [
    section.slice(0, section.indexOf('\n')),
    [...section.matchAll(/^```json\n([\s\S]+?)^```/gm)].map(([, example = '']) => JSON.parse(example) as Example),
  ]);
const examples = sections.flatMap(([code, list]) =>
  list.map((example, index): [string, number, Example] => [code, index + 1, example]),
);

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());

test('docs/lint.md has a section for every warning, in order', () => {
  const { enum: codes } = openApi.components.schemas.WarningCode as { enum: string[] };
  expect(sections.map(([code]) => code)).toEqual([...codes].sort());
});

test.each(sections)('%s is shown by an example, and by one that is no mistake', (code, list) => {
  expect(list.some(({ warnings }) => warnings.some((warning) => warning.code === code))).toBe(true);
  expect(list.some(({ warnings }) => warnings.length === 0)).toBe(true);
});

test.each(examples)('%s: example %i is answered and listed as it says', async (_code, _number, example) => {
  const as = api.as(await api.createProvider());
  for (const saved of example.before ?? []) {
    const before = (await as.post(saved.path).send(saved.body).expect(201)).body;
    expect(before.warnings).toBeUndefined();
  }
  const written = (await as.post(example.write.path).send(example.write.body).expect(201)).body;
  const expected = example.warnings.map((warning) => ({ ...warning, detail: expect.stringMatching(/^[A-Z].+\.$/) }));
  expect(written.warnings ?? []).toEqual(expected);
  expect((await as.get(`${example.write.path}/${written.id}`).expect(200)).body.warnings).toBeUndefined();
  const listed = (await as.get('/v1/lint').expect(200)).body;
  expect(listed).toEqual({
    items: expected.map((warning) => ({ resource: expect.any(String), id: written.id, ...warning })),
  });
});
