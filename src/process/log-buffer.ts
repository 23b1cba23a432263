import type { DestinationStream } from 'pino';

/** Half of what a pipe holds on Linux, so that handing lines on does not wait while the last ones are being read. */
const MOST_CHARACTERS = 32_768;
const LONGEST_WAIT_MS = 100;

/** Where lines go, such as standard output. */
export interface LogSink extends DestinationStream {
  /** Waits until what was written is out. */
  flushSync(): void;
}

/**
 * Collects lines of the log and hands them on together: a write for each costs a busy service more than making it. It
 * must be flushed before the process ends.
 */
export class LogBuffer implements LogSink {
  private lines = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sink: LogSink) {}

  /** Takes a line; it is handed on within a tenth of a second. */
  write(line: string): void {
    this.lines += line;
    if (this.lines.length >= MOST_CHARACTERS) this.handOn();
    else this.timer ??= setTimeout(() => this.handOn(), LONGEST_WAIT_MS).unref();
  }

  /** Waits until every line is out; pino calls it after a fatal error. */
  flushSync(): void {
    this.handOn();
    this.sink.flushSync();
  }

  private handOn(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { lines } = this;
    this.lines = '';
    if (lines !== '') this.sink.write(lines);
  }
}
