import type { IncomingMessage } from 'node:http';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { type FieldError, fieldError } from '../../engine/vocabulary/problem';
import { HttpProblem, invalid } from '../answers/problem';
import { parseJson } from '../contract/read-json';
import { piecesOf, STREAMED_TYPES, streamedTypeOf } from '../contract/streamed-body';

/** A record of a streamed body, with the line that it begins on. */
export interface StreamedRecord {
  line: number;
  value: unknown;
}

/** Most records are short; what is longer is no record at all. */
const LONGEST_LINE = 65_536;

/** Puts an error of a record where its line is. */
export function atLine(line: number, { pointer, code, detail }: FieldError): FieldError {
  return { pointer: `/${line}${pointer}`, code, detail: `Line ${line}: ${detail}`, line };
}

/** What records are like. */
interface RecordForm {
  /** A column that a table must have. */
  column?: string;
  /** The most characters of a line of NDJSON. */
  longestLine?: number;
}

/** Reads a body of CSV or NDJSON record by record, however long it is; throws a 400 or 422 where it is neither. */
export async function readRecords(
  message: IncomingMessage,
  take: (records: AsyncIterable<StreamedRecord>) => Promise<void>,
  { column, longestLine = LONGEST_LINE }: RecordForm = {},
): Promise<void> {
  const type = streamedTypeOf(message);
  if (type === undefined) {
    throw new HttpProblem(415, 'unsupported_media_type', `Send ${STREAMED_TYPES.join(' or ')}.`);
  }
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new HttpProblem(415, 'unsupported_encoding', `Send ${type} as it is, without Content-Encoding.`);
  }
  const decoded = new Utf8();
  const source = Readable.from(piecesOf(message));
  const records = type === 'text/csv' ? csvParser(column) : new Lines(longestLine);
  let taking: Promise<void> | undefined;
  try {
    await pipeline(source, decoded, records, (all: AsyncIterable<StreamedRecord>) => {
      taking = take(all);
      return taking;
    });
  } catch (cause) {
    // Where the taker gives up, the pipeline may say no more than that it was aborted.
    const error = (await taking?.catch((failure: unknown) => failure)) ?? cause;
    throw error instanceof CsvError ? notCsv(error) : error;
  }
}

/** Refuses what is not UTF-8, which would become U+FFFD, and a code another one. */
class Utf8 extends Transform {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    this.#decode(done, bytes);
  }

  override _flush(done: TransformCallback): void {
    this.#decode(done);
  }

  #decode(done: TransformCallback, bytes?: Buffer): void {
    try {
      done(null, this.#decoder.decode(bytes, { stream: bytes !== undefined }));
    } catch {
      done(new HttpProblem(400, 'bad_request', 'The body is not UTF-8.'));
    }
  }
}

function notCsv({ message, lines }: CsvError & { lines?: number }): HttpProblem {
  const detail = `The body is not CSV (RFC 4180): ${message}.`;
  if (lines === undefined) return new HttpProblem(422, 'invalid_request', detail);
  return invalid([atLine(lines, fieldError('', 'csv', detail))]);
}

/** The first row names the columns; an empty cell is no value. */
function csvParser(required?: string): Transform {
  return parse({
    columns: (names: readonly string[]) => columnsOf(names, required),
    info: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_LINE,
    on_record: ({ record, info }: { record: Record<string, string>; info: { lines: number } }) => ({
      line: info.lines,
      value: Object.fromEntries(Object.entries(record).filter(([, cell]) => cell !== '')),
    }),
  });
}

function columnsOf(names: readonly string[], required: string | undefined): string[] {
  const columns = names.map((name) => name.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined) {
    throw invalid([atLine(1, fieldError(`/${twice}`, 'duplicate_column', 'There are two columns of this name.'))]);
  }
  // The first code of a list without names of columns would be taken for one.
  if (required === undefined || columns.includes(required)) return columns;
  const detail = `The first line names the columns, and none of them is ${required}.`;
  throw invalid([atLine(1, fieldError(`/${required}`, 'required', detail))]);
}

/** One JSON value a line; empty lines are passed over. */
class Lines extends Transform {
  #rest = '';
  #line = 0;

  constructor(private readonly longest: number) {
    super({ readableObjectMode: true, decodeStrings: false });
  }

  override _transform(text: string | Buffer, _encoding: string, done: TransformCallback): void {
    const lines = (this.#rest + text.toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#push(lines, done);
  }

  override _flush(done: TransformCallback): void {
    this.#push([this.#rest], done);
  }

  #push(lines: readonly string[], done: TransformCallback): void {
    if (this.#rest.length > this.longest || lines.some((line) => line.length > this.longest)) {
      done(
        new HttpProblem(422, 'invalid_request', `Line ${this.#line + 1} is longer than ${this.longest} characters.`),
      );
      return;
    }
    try {
      for (const line of lines) {
        this.#line++;
        if (line.trim() !== '') this.push({ line: this.#line, value: parseJson(line) });
      }
      done();
    } catch {
      done(new HttpProblem(400, 'malformed_json', `Line ${this.#line} is not JSON.`));
    }
  }
}
