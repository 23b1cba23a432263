import type { Response } from 'express';

/** An answer as it goes over the wire, so that it can be recorded and repeated byte for byte. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Sends an answer as it is. */
export function send(response: Response, answer: Answer): void {
  response.status(answer.status).set(answer.headers);
  if (answer.body === '') response.end();
  else response.send(Buffer.from(answer.body));
}
