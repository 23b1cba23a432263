import { LogBuffer } from '../../src/process/log-buffer';

/** Remembers what it was handed. */
function listeningSink(): { written: string[]; flushes: number; write(lines: string): void; flushSync(): void } {
  return {
    written: [],
    flushes: 0,
    write(lines) {
      this.written.push(lines);
    },
    flushSync() {
      this.flushes += 1;
    },
  };
}

describe('the log buffer', () => {
  test('the log buffer hands lines on together, in their order, by themselves', async () => {
    const sink = listeningSink();
    const handed = new Promise<string>((done) => {
      sink.write = done;
    });
    const buffer = new LogBuffer(sink);
    for (const line of ['a\n', 'b\n', 'c\n']) buffer.write(line);
    expect(await handed).toBe('a\nb\nc\n');
  });

  test('the log buffer keeps no more than some kilobytes', () => {
    const sink = listeningSink();
    const buffer = new LogBuffer(sink);
    const line = `${'x'.repeat(99)}\n`;
    for (let count = 1; count <= 1_000; count++) buffer.write(line);
    const handed = sink.written.join('').length;
    expect(handed).toBeGreaterThan(90_000);
    expect(sink.written.length).toBeLessThan(20);
    buffer.flushSync();
    expect(sink.written.join('')).toBe(line.repeat(1_000));
  });

  test('the log buffer when flushed, waits for what it hands on, and hands nothing on twice', () => {
    const sink = listeningSink();
    const buffer = new LogBuffer(sink);
    buffer.write('last\n');
    buffer.flushSync();
    buffer.flushSync();
    expect(sink.written).toEqual(['last\n']);
    expect(sink.flushes).toBe(2);
  });
});
