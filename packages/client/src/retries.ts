/** How often, and by what, to try. */
export interface RetryOptions {
  /** How often a request is sent again that was answered 429 or 503, or was not answered (default 3). */
  retries?: number;
  /** The most milliseconds to wait for one of them (default 10,000); what asks for longer is not tried again. */
  longestWait?: number;
  /** Sends a request (default: the platform's `fetch`). */
  fetch?: (request: Request) => Promise<Response>;
}

const FIRST_WAIT_MS = 250;
/** These write nothing, so that to repeat them is safe by itself. */
const WRITES_NOTHING = /\/v1\/(quotes?|forecast)\/?$/;

/**
 * Sends requests again that may succeed later, as `Retry-After` says. A POST that writes gets an `Idempotency-Key`, so that
 * it is carried out once however often it is sent.
 */
export function retrying(options: RetryOptions): (request: Request) => Promise<Response> {
  const { retries = 3, longestWait = 10_000, fetch: send = (request) => globalThis.fetch(request) } = options;
  return async (original) => {
    const request = withIdempotencyKey(original);
    for (let tried = 0; ; tried++) {
      const answer = await attempt(send, request.clone());
      const wait = answer instanceof Response ? askedToWait(answer, tried) : backOff(tried);
      if (wait !== undefined && wait <= longestWait && tried < retries && isRepeatable(request)) {
        await sleep(wait, request.signal);
        continue;
      }
      if (answer instanceof Response) return answer;
      throw answer.failure;
    }
  };
}

function withIdempotencyKey(request: Request): Request {
  const isWrite = request.method === 'POST' && !WRITES_NOTHING.test(new URL(request.url).pathname);
  if (!isWrite || request.headers.has('Idempotency-Key')) return request;
  const marked = new Request(request);
  marked.headers.set('Idempotency-Key', crypto.randomUUID());
  return marked;
}

async function attempt(
  send: (request: Request) => Promise<Response>,
  request: Request,
): Promise<Response | { failure: unknown }> {
  try {
    return await send(request);
  } catch (failure) {
    return { failure };
  }
}

/** Milliseconds to wait before trying again; undefined where that would change nothing. */
function askedToWait({ status, headers }: Response, tried: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const asked = headers.get('Retry-After') ?? '';
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  // A proxy may name the date instead.
  const date = Date.parse(asked);
  return Number.isNaN(date) ? backOff(tried) : Math.max(0, date - Date.now());
}

/** Doubles each time, with a part of it by chance, so that many clients do not come again at once. */
function backOff(tried: number): number {
  return FIRST_WAIT_MS * 2 ** tried * (0.75 + Math.random() / 2);
}

/** A PATCH may be one that counts on what was there before. */
function isRepeatable({ method, headers, url }: Request): boolean {
  if (method === 'POST') return headers.has('Idempotency-Key') || WRITES_NOTHING.test(new URL(url).pathname);
  return method !== 'PATCH' || headers.has('If-Match');
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      fail(signal.reason);
    });
  });
}
