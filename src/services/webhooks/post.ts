import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { codeOf } from '../../store/database/errors';
import type { Outcome } from '../../store/webhooks/attempts';
import { isPublicAddress } from './addresses';

/** From the look-up of the name to the answer's status; a receiver has so long to say that it has taken an event. */
const ANSWERS_WITHIN_MS = 10_000;
/** Of an answer so much is kept, and no more is read. */
const MOST_KEPT = 1_024;
const MOST_HEADER_BYTES = 16_384;

/** A request to a receiver. */
export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** How posts are sent. */
export interface PostOptions {
  /** Whether receivers may have addresses inside the network. */
  allowPrivate: boolean;
  /** Gives the attempt up. */
  signal?: AbortSignal;
  /** Finds the addresses of a name; by default as the system does. */
  lookup?: typeof lookup;
}

/** Sends a post over a connection of its own and reads the beginning of the answer. Redirects are answers like others. */
export async function post({ url, headers, body }: Post, options: PostOptions): Promise<Outcome> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  // An address is not looked up, so nothing would judge it.
  if (isIP(host) !== 0 && !options.allowPrivate && !isPublicAddress(host))
    return { isDelivered: false, error: PRIVATE };
  const deadline = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  const request: RequestOptions = {
    method: 'POST',
    agent: false,
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' },
    maxHeaderSize: MOST_HEADER_BYTES,
    lookup: options.allowPrivate ? options.lookup : publicLookup(options.lookup ?? lookup),
    signal,
  };
  try {
    const answer = await answerTo(target, request, body);
    const text = await beginningOf(answer);
    const status = answer.statusCode ?? 0;
    const isDelivered = status >= 200 && status < 300;
    return { isDelivered, status, body: text, ...(!isDelivered && { error: `The receiver answered ${status}` }) };
  } catch (error) {
    return { isDelivered: false, error: deadline.aborted ? TOO_LATE : messageOf(error) };
  }
}

const PRIVATE = 'The address is not one of the public Internet';
const TOO_LATE = `The receiver did not answer within ${ANSWERS_WITHIN_MS / 1_000} seconds`;

function answerTo(target: URL, options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = target.protocol === 'https:' ? https : http;
    request(target, options, resolve).on('error', reject).end(body);
  });
}

/** The status is what counts: a body that breaks off, or comes for ever, changes nothing about it. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of answer) {
      parts.push(part);
      length += part.length;
      if (length >= MOST_KEPT) break;
    }
  } catch {
    // What came so far is kept.
  } finally {
    answer.destroy();
  }
  return readable(Buffer.concat(parts).subarray(0, MOST_KEPT));
}

/** As text that a database takes; a character that was cut in two is none. */
function readable(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true }).replaceAll('\0', '\ufffd');
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Looks a name up for a connection, which goes to what is found here: a second look-up could find something else. */
function publicLookup(find: typeof lookup): NonNullable<RequestOptions['lookup']> {
  return (hostname: string, options: LookupOptions, found: Found) => {
    find(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      // Where one of several leads inside, the name is not meant for us.
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
        return found(new Error(PRIVATE), []);
      }
      const [first] = addresses as [LookupAddress];
      return options.all ? found(null, addresses) : found(null, first.address, first.family);
    });
  };
}

/** What Node and OpenSSL call a certificate that has expired, is for another name, or that nobody known has signed. */
const BAD_CERTIFICATE = /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_CERT_)/;

function messageOf(error: unknown): string {
  const causes = error instanceof AggregateError ? error.errors : [error];
  const messages = causes.map((cause) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    return BAD_CERTIFICATE.test(codeOf(cause)) ? `The receiver's certificate is not accepted: ${message}` : message;
  });
  return messages.join(', ').slice(0, 500) || 'The connection failed';
}
