import { type Api, startApi } from '../../../support/api';

let api: Api;
let path: string;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.drop());

let providers = 0;
beforeEach(async () => {
  await api.createProvider(`north-${++providers}`);
  const promotion = { name: 'Codes', conditions: [{ type: 'promo_code' }], discounts: [] };
  const { body } = await north().post('/v1/promotions').send(promotion).expect(201);
  path = `/v1/promotions/${body.id}/promo-codes`;
});

const north = () => api.as(`north-${providers}`);
const send = (text: string, type = 'text/csv', query = '') =>
  north().post(`${path}/import${query}`).set('Content-Type', type).send(text);
const codes = async () => (await north().get(`${path}?limit=200`).expect(200)).body.items;

const CSV = 'code,startsAt,endsAt,maxRedemptions,maxRedemptionsPerCustomer,customerId\n';

test('a table becomes codes of one batch, and sent again changes nothing', async () => {
  const table = `${CSV}SPRING,2030-01-01T00:00:00Z,,5,1,\n"LAU,RA",,,,,c9\n`;
  const first = await send(table).expect(200);
  expect(first.body).toEqual({ created: 2, unchanged: 0, batch: expect.any(String) });
  expect(await codes()).toMatchObject([
    { code: 'SPRING', startsAt: '2030-01-01T00:00:00Z', maxRedemptions: 5, maxRedemptionsPerCustomer: 1 },
    { code: 'LAU,RA', customerId: 'c9', batch: first.body.batch },
  ]);
  expect((await send(table, 'text/csv', '?batch=other').expect(200)).body).toEqual({
    created: 0,
    unchanged: 2,
    batch: 'other',
  });
});

test('NDJSON is imported too, and a dry run undoes everything', async () => {
  const lines = '{"code":"A","batch":"ignored here"}\n\n{"code":"B","maxRedemptions":2}';
  const dry = await send(lines, 'application/x-ndjson', '?dryRun=true').expect(200);
  expect(dry.body).toMatchObject({ created: 2, unchanged: 0 });
  expect(await codes()).toEqual([]);
  await send(lines, 'application/x-ndjson', '?batch=mail').expect(200);
  expect(await codes()).toMatchObject([
    { code: 'A', batch: 'mail' },
    { code: 'B', maxRedemptions: 2 },
  ]);
});

test('an export can be imported again', async () => {
  const written = ['-10%', "'-10%", "''-10%", '\t=1', '＝1', "'1", "'", '"1,\t'];
  await send(
    written.map((code) => JSON.stringify({ code, customerId: code })).join('\n'),
    'application/x-ndjson',
  ).expect(200);
  const { text } = await north().get(`${path}.csv`).expect(200);
  for (const cell of ["'-10%", "''-10%", "'''-10%"]) expect(text).toContain(`"${cell}"`);
  expect((await send(text).expect(200)).body).toMatchObject({ created: 0, unchanged: written.length });
});

test('every wrong line is named, and nothing is imported', async () => {
  const wrong = `${CSV}GOOD,,,,,\n,,,,,\nBAD,yesterday,,,,\nBAD2,,,0,,\nBAD3,2030-01-02T00:00:00Z,2030-01-01T00:00:00Z,,,\n`;
  const { body } = await send(wrong).expect(422);
  expect(body.errors.map(({ line, pointer }: { line: number; pointer: string }) => [line, pointer])).toEqual([
    [3, '/3/code'],
    [4, '/4/startsAt'],
    [5, '/5/maxRedemptions'],
    [6, '/6/endsAt'],
  ]);
  expect(await codes()).toEqual([]);
});

test('a code with other values, of another promotion, or twice with other values is an error of its line', async () => {
  await send(`${CSV}MINE,,,1,,\n`).expect(200);
  const other = await north().post('/v1/promotions').send({ name: 'Other' }).expect(201);
  await north().post(`/v1/promotions/${other.body.id}/promo-codes`).send({ code: 'Theirs' }).expect(201);
  const { body } = await send(`${CSV}mine,,,2,,\nTHEIRS,,,,,\nTWICE,,,1,,\ntwice,,,2,,\nNEW,,,,,\nNEW,,,,,\n`).expect(
    422,
  );
  expect(body.errors.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
    [2, 'code_taken'],
    [3, 'code_taken'],
    [5, 'code_taken'],
  ]);
  expect(await codes()).toHaveLength(1);
});

test.each([
  ['JSON', '{}', 'application/json', 415],
  ['a table with an unknown column', 'code,colour\nA,red\n', 'text/csv', 422],
  ['a row that is too short', 'code,customerId\nA\n', 'text/csv', 422],
  ['a line that is no JSON', '{"code":"A"}\n{', 'application/x-ndjson', 400],
  ['a line that is too long', `{"code":"${'A'.repeat(70_000)}"}`, 'application/x-ndjson', 422],
])('%s is refused', async (_, text, type, status) => {
  await send(text, type).expect(status);
  expect(await codes()).toEqual([]);
});

test.each([
  ['a row that is too short', `${CSV}A,,,,,\nB\n`, 3, 'csv', '/3'],
  ['a quote in the middle of a cell', 'code\nA"B\n', 2, 'csv', '/2'],
  ['a list without names of columns', 'A\nB\n', 1, 'required', '/1/code'],
  ['a single code', 'A\n', 1, 'required', '/1/code'],
  ['names in another spelling', 'Code\nA\n', 1, 'required', '/1/code'],
  ['two columns of one name', 'code,code\nA,B\n', 1, 'duplicate_column', '/1/code'],
])('%s is an error of its line', async (_, text, line, code, pointer) => {
  const { body } = await send(text).expect(422);
  expect(body.errors).toEqual([{ line, code, pointer, detail: expect.any(String) }]);
});

test('a text in NDJSON means what it says; a table may mark what looks like a formula, and holds numbers as texts', async () => {
  const line = `{"code":"'=1","maxRedemptions":"2"}\n`;
  expect((await send(line, 'application/x-ndjson').expect(422)).body.errors).toMatchObject([
    { line: 1, pointer: '/1/maxRedemptions' },
  ]);
  await send(`{"code":"'=1"}\n`, 'application/x-ndjson').expect(200);
  await send(`code,maxRedemptions\n'=2,2\n`).expect(200);
  expect(await codes()).toMatchObject([{ code: "'=1" }, { code: '=2', maxRedemptions: 2 }]);
});

test('an import that is sent again with its Idempotency-Key gets the first answer, and nothing else does', async () => {
  const sendOnce = (text: string, query = '') => send(text, 'text/csv', query).set('Idempotency-Key', 'mail-1');
  expect((await sendOnce(`code\nA,B\n${'C\n'.repeat(500_000)}`).expect(422)).body.code).toBe('invalid_request');
  const first = await sendOnce('code\nA\nB\n').expect(200);
  expect(first.body).toMatchObject({ created: 2, unchanged: 0 });
  const again = await sendOnce('code\nA\nB\n').expect(200);
  expect(again.text).toBe(first.text);
  for (const other of [sendOnce('code\nA\nC\n'), sendOnce('code\nA\nB\n', '?dryRun=true')]) {
    expect((await other.expect(422)).body.code).toBe('idempotency_key_reused');
  }
  expect(await codes()).toHaveLength(2);
});

test('a compressed table is refused as such', async () => {
  const answer = await north().post(`${path}/import`).set({ 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' });
  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_encoding']);
});

test('text that is not UTF-8 is refused', async () => {
  const bytes = Buffer.concat([Buffer.from(CSV), Buffer.from([0x41, 0xff]), Buffer.from(',,,,,\n')]);
  const { body } = await north()
    .post(`${path}/import`)
    .set('Content-Type', 'text/csv')
    .send(bytes.toString('latin1'))
    .expect(200);
  expect(body.created).toBe(1);
  await north()
    .post(`${path}/import`)
    .set('Content-Type', 'text/csv')
    .serialize((value: unknown) => value as string)
    .send(bytes as unknown as string)
    .expect(400);
});

test('a batch is paused and re-dated at once', async () => {
  await send(`${CSV}ONE,,,,,\nTWO,2030-01-01T00:00:00Z,,,,\n`, 'text/csv', '?batch=mail').expect(200);
  await send(`${CSV}THREE,,,,,\n`).expect(200);
  const patch = (body: object) => north().patch(`${path}?batch=mail`).send(body);
  expect((await patch({ status: 'paused', endsAt: '2031-01-01T00:00:00Z' }).expect(200)).body).toEqual({ updated: 2 });
  expect(await codes()).toMatchObject([
    { code: 'ONE', status: 'paused', endsAt: '2031-01-01T00:00:00Z', version: 2 },
    { code: 'TWO', status: 'paused', version: 2 },
    { code: 'THREE', status: 'active', version: 1 },
  ]);
  await patch({ endsAt: null }).expect(200);
  expect((await codes())[0]).not.toHaveProperty('endsAt');
  expect((await patch({ code: 'x' }).expect(422)).body.errors).toMatchObject([{ pointer: '/code' }]);
  expect((await patch({ endsAt: '2029-01-01T00:00:00Z' }).expect(422)).body.errors).toMatchObject([
    { pointer: '/endsAt' },
  ]);
  await patch({ startsAt: '2026-01-01T00:00:00Z', endsAt: '2031-01-01T00:00:00Z' }).expect(200);
  expect((await patch({ startsAt: '2031-01-01T00:00:00Z' }).expect(422)).body.errors).toMatchObject([
    { pointer: '/startsAt' },
  ]);
  await patch({ status: null, startsAt: null }).expect(200);
  expect((await codes())[0]).toMatchObject({ status: 'active', endsAt: '2031-01-01T00:00:00Z' });
  expect((await codes())[0]).not.toHaveProperty('startsAt');
  const listed = await north().get(`${path}?batch=mail`).expect(200);
  expect(listed.body.items).toHaveLength(2);
});
