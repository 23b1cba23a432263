import { ADMIN_KEY, type Service } from './processes/processes';

/** What a service answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it, as they do with supertest's.
  readonly body: any;
  readonly retryAfter: string | null;
}

/** Sends requests for one provider to several processes in turn. */
export interface Client {
  /** One request to the next process; throws where the connection breaks. */
  send(path: string, body?: object, headers?: Record<string, string>, method?: string): Promise<Answer>;
  /** The same again, to one process after the other, until one of them answers with something else than a 5xx. */
  persist(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

/** A client that spreads its requests over the processes, as a load balancer would. */
export function clientOf(services: readonly Service[], provider: string): Client {
  let turn = 0;
  const client: Client = {
    async send(path, body, headers = {}, method = body === undefined ? 'GET' : 'POST') {
      const service = services[turn++ % services.length] as Service;
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${ADMIN_KEY}`,
          'Offerbook-Provider': provider,
          'Content-Type': 'application/json',
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const retryAfter = response.headers.get('Retry-After');
      return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text), retryAfter };
    },
    async persist(path, body = {}, headers = {}) {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
        const answer = await client.send(path, body, headers).catch(() => undefined);
        if (answer !== undefined && answer.status < 500) return answer;
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error(`Nobody answered ${path}`);
    },
  };
  return client;
}

/** Creates a provider over HTTP. */
export async function createProvider(service: Service, id: string, settings: object = {}): Promise<void> {
  const response = await fetch(`${service.url}/v1/providers`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, name: id, timeZone: 'UTC', defaultLanguage: 'en', settings }),
  });
  if (response.status !== 201) throw new Error(await response.text());
}
