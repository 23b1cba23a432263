import type { Agent } from 'supertest';
import { type Api, startApi } from './api';
import { expectProblem } from './problem';

/** What the usual behaviour of a resource is shown with. */
export interface ResourceExample {
  /** The collection's path; it may name what `prepare` made. */
  path: string;
  /** A body for the n-th resource; no two alike in what must be unique. */
  body(n: number): object;
  /** What the answer to `body(n)` has beside its server-made part. */
  answer(n: number): object;
  /** A patch and what it changes in an answer. */
  patch: { body: object; changes: object };
  /** A body with mistakes and where they are. */
  invalid: { body: object; pointers: string[] };
  /** The code of the refusal when a body is saved twice; absent: it may be. */
  taken?: string;
  /** A patch that changes something each time; absent: even an empty patch is a write that counts. */
  change?(n: number): object;
  /** What must be there first. */
  prepare?(as: Agent): Promise<unknown>;
}

/** Tests the behaviour that every resource has: created, read, listed, replaced, patched, removed, and every refusal. */
export function behavesAsResource(example: ResourceExample): void {
  const { path, body, answer, patch, invalid, taken } = example;
  let api: Api;
  let as: Agent;
  let stranger: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    const north = await api.createProvider('north');
    as = api.with(await api.createKey(north, 'secret'));
    await example.prepare?.(as);
    stranger = api.with(await api.createKey(await api.createProvider('south'), 'secret'));
  });

  async function create(n: number): Promise<Record<string, unknown> & { id: string; version: number }> {
    return (await as.post(path).send(body(n)).expect(201)).body;
  }
  const at = (id: string) => `${path}/${encodeURIComponent(id)}`;

  test('created and read', async () => {
    const created = await as.post(path).send(body(1)).expect(201);
    expect(created.body).toEqual({
      id: expect.any(String),
      ...answer(1),
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/),
      updatedAt: created.body.createdAt,
    });
    expect(created.headers.location).toBe(at(created.body.id));
    expect(created.headers.etag).toBe('"1"');
    const read = await as.get(created.headers.location as string).expect(200);
    expect(withoutUsage(read.body)).toEqual(created.body);
    expect(read.headers.etag).toBe('"1"');
  });

  test('listed in parts', async () => {
    const created = [await create(1), await create(2), await create(3)];
    const first = (await as.get(path).query({ limit: 2 }).expect(200)).body;
    expect(first.items).toEqual(created.slice(0, 2));
    expect(first.nextCursor).toMatch(/^[\w-]+$/);
    const second = (await as.get(path).query({ limit: 2, cursor: first.nextCursor }).expect(200)).body;
    expect(second).toEqual({ items: created.slice(2) });
    expectProblem(await as.get(path).query({ limit: 0 }), 422);
    expectProblem(await as.get(path).query({ limit: 201 }), 422);
    expectProblem(await as.get(path).query({ cursor: '!' }), 422);
  });

  test('replaced whole', async () => {
    const { id, createdAt } = await create(1);
    const replacement = 'id' in body(1) ? { ...body(2), id } : body(2);
    const replaced = await as.put(at(id)).send(replacement).expect(200);
    expect(replaced.body).toEqual({
      ...answer(2),
      id,
      version: 2,
      createdAt,
      updatedAt: expect.any(String),
    });
    expect(replaced.headers.etag).toBe('"2"');
    expect(withoutUsage((await as.get(at(id)).expect(200)).body)).toEqual(replaced.body);
  });

  test('what was read can be sent back', async () => {
    const created = await create(1);
    const replaced = (await as.put(at(created.id)).send(created).expect(200)).body;
    const version = example.change ? 1 : 2;
    expect(replaced).toEqual({ ...created, version, updatedAt: replaced.updatedAt });
  });

  test('patched', async () => {
    const created = await create(1);
    const patched = await as.patch(at(created.id)).send(patch.body).expect(200);
    expect(patched.body).toEqual({ ...created, ...patch.changes, version: 2, updatedAt: patched.body.updatedAt });
    expect(withoutUsage((await as.get(at(created.id)).expect(200)).body)).toEqual(patched.body);
  });

  test('removed', async () => {
    const { id } = await create(1);
    const { text } = await as.delete(at(id)).expect(204);
    expect(text).toBe('');
    expectProblem(await as.get(at(id)), 404, 'not_found');
    expectProblem(await as.delete(at(id)), 404, 'not_found');
    expectProblem(await as.put(at(id)).send(body(1)), 404, 'not_found');
    expectProblem(await as.patch(at(id)).send({}), 404, 'not_found');
  });

  test('401 without a key, 403 with a publishable one', async () => {
    const { id } = await create(1);
    const publishable = api.with(await api.createKey('north', 'publishable'));
    for (const [who, status] of [[api.http, 401] as const, [publishable, 403] as const]) {
      expectProblem(await who.get(path), status);
      expectProblem(await who.get(at(id)), status);
      expectProblem(await who.post(path).send(body(2)), status);
      expectProblem(await who.put(at(id)).send(body(2)), status);
      expectProblem(await who.patch(at(id)).send({}), status);
      expectProblem(await who.delete(at(id)), status);
    }
    expect((await as.get(path).expect(200)).body.items).toHaveLength(1);
  });

  test('another provider sees and writes nothing', async () => {
    const created = await create(1);
    expectProblem(await stranger.get(at(created.id)), 404, 'not_found');
    expectProblem(await stranger.put(at(created.id)).send(body(1)), 404, 'not_found');
    expectProblem(await stranger.patch(at(created.id)).send(patch.body), 404, 'not_found');
    expectProblem(await stranger.delete(at(created.id)), 404, 'not_found');
    const listed = await stranger.get(path);
    expect(listed.status === 404 || listed.body.items.length === 0).toBe(true);
    expect(withoutUsage((await as.get(at(created.id)).expect(200)).body)).toEqual(created);
  });

  test('412 when somebody wrote in between', async () => {
    const { id } = await create(1);
    const own = 'id' in body(1) ? { ...body(2), id } : body(2);
    await as.put(at(id)).set('If-Match', '"1"').send(own).expect(200);
    expectProblem(await as.put(at(id)).set('If-Match', '"1"').send(own), 412, 'version_mismatch');
    expectProblem(await as.patch(at(id)).set('If-Match', '"1"').send({}), 412, 'version_mismatch');
    expectProblem(await as.delete(at(id)).set('If-Match', '"1"'), 412, 'version_mismatch');
    await as.delete(at(id)).set('If-Match', '"2"').expect(204);
  });

  test('422 points at every mistake', async () => {
    const { id } = await create(1);
    for (const answered of [await as.post(path).send(invalid.body), await as.put(at(id)).send(invalid.body)]) {
      const { errors } = expectProblem(answered, 422) as { errors: { pointer: string }[] };
      expect(errors.map(({ pointer }) => pointer).sort()).toEqual(invalid.pointers);
    }
    expectProblem(await as.patch(at(id)).send({ surprise: 1 }), 422);
    expect((await as.get(at(id)).expect(200)).body.version).toBe(1);
  });

  test('concurrent patches lose nothing', async () => {
    const { id } = await create(1);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => as.patch(at(id)).send(example.change?.(n) ?? {})),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.map(({ body: { version } }) => version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  if (taken !== undefined) {
    test('409 for what is taken, but another provider may have it too', async () => {
      await create(1);
      expectProblem(await as.post(path).send(body(1)), 409, taken);
      expect((await as.get(path).expect(200)).body.items).toHaveLength(1);
      await example.prepare?.(stranger);
      await stranger.post(path).send(body(1)).expect(201);
    });
  }
}

/** What was written: how much of a rule is used stands in reads only. */
function withoutUsage({ usage: _, ...written }: { usage?: unknown }): object {
  return written;
}
