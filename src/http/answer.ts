import type { ServerResponse } from 'node:http';

/** The type of every answer that is no problem. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer as it goes over the wire, so that it can be recorded and repeated byte for byte. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value === 'application/json' ? JSON_TYPE : value);
  }
  if (body !== '') response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
