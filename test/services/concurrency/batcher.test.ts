import { Batcher, type BatcherOptions, QueueTimeout } from '../../../src/services/concurrency/batcher';

/** Runs that end when the test says so. */
function controlled(options?: BatcherOptions<number>) {
  const runs: { inputs: readonly number[]; end(): void; fail(error: unknown): void }[] = [];
  const coalescer = new Batcher<number, string>(
    (inputs) =>
      new Promise((resolve, fail) => {
        runs.push({ inputs, end: () => resolve(inputs.map((input) => `answer ${input}`)), fail });
      }),
    options,
  );
  return { runs, coalescer, inputs: () => runs.map((run) => run.inputs) };
}
const turn = () => new Promise((done) => setImmediate(done));

describe('calls that come in at the same time', () => {
  test('the first runs at once, the others gather for the next run, and each gets its own answer', async () => {
    const { runs, coalescer, inputs } = controlled();
    const answers = [1, 2, 3].map((input) => coalescer.submit(input));
    expect(inputs()).toEqual([[1]]);
    runs[0]?.end();
    expect(await answers[0]).toBe('answer 1');
    await turn();
    expect(inputs()).toEqual([[1], [2, 3]]);
    runs[1]?.end();
    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  test('nobody is answered before the run has ended', async () => {
    const { runs, coalescer } = controlled();
    let answered = false;
    const answer = coalescer.submit(1).then(() => {
      answered = true;
    });
    await turn();
    expect(answered).toBe(false);
    runs[0]?.end();
    await answer;
    expect(answered).toBe(true);
  });

  test('a run takes no more than so many, and the rest follows', async () => {
    const { runs, coalescer, inputs } = controlled({ most: 2 });
    const answers = [1, 2, 3, 4].map((input) => coalescer.submit(input));
    for (let index = 0; index < 3; index++) {
      runs[index]?.end();
      await turn();
    }
    expect(inputs()).toEqual([[1], [2, 3], [4]]);
    expect(await Promise.all(answers)).toHaveLength(4);
  });

  test('a call that cannot begin in time is given up; what has begun is waited for', async () => {
    const { runs, coalescer, inputs } = controlled({ patienceMs: 20 });
    const first = coalescer.submit(1);
    await expect(coalescer.submit(2)).rejects.toThrow(QueueTimeout);
    runs[0]?.end();
    expect(await first).toBe('answer 1');
    const next = coalescer.submit(3);
    await turn();
    runs[1]?.end();
    expect(await next).toBe('answer 3');
    expect(inputs()).toEqual([[1], [3]]);
  });

  test('lanes do not wait for each other', async () => {
    const { runs, coalescer, inputs } = controlled({ laneOf: (input) => (input % 2 === 0 ? 'even' : 'odd') });
    const answers = [1, 2, 3, 4].map((input) => coalescer.submit(input));
    expect(inputs()).toEqual([[1], [2]]);
    runs[1]?.end();
    expect(await answers[1]).toBe('answer 2');
    await turn();
    expect(inputs()).toEqual([[1], [2], [4]]);
    runs[2]?.end();
    runs[0]?.end();
    await turn();
    runs[3]?.end();
    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4']);
  });

  test('a run that fails for a value is run in halves, so that only the bad call fails', async () => {
    const tried: (readonly number[])[] = [];
    const coalescer = new Batcher(async (inputs: readonly number[]) => {
      tried.push(inputs);
      if (inputs.includes(4)) throw Object.assign(new Error('bad'), { code: '22007' });
      return inputs;
    });
    const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((input) => coalescer.submit(input)));
    expect(settled.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), 'rejected', 'fulfilled']);
    expect(tried).toEqual([[1], [2, 3, 4, 5], [2, 3], [4, 5], [4], [5]]);
    await expect(coalescer.submit(6)).resolves.toBe(6);
  });

  test('calls that come in at the same time where the database is away, all calls of the run fail at once, and the next run goes on', async () => {
    const { runs, coalescer, inputs } = controlled();
    const answers = [1, 2, 3].map((input) => coalescer.submit(input));
    runs[0]?.end();
    await turn();
    runs[1]?.fail(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    const settled = await Promise.allSettled(answers);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(inputs()).toEqual([[1], [2, 3]]);
    const next = coalescer.submit(4);
    await turn();
    runs[2]?.end();
    expect(await next).toBe('answer 4');
  });
});
