import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Served over plain HTTP as well: the proxy in front decides about TLS. */
const decide = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  strictTransportSecurity: false,
});

/** The headers that helmet recommends; they are the same for every request, so it is asked once. */
export const securityHeaders: readonly (readonly [name: string, value: string])[] = decided();

/** Sets the headers that helmet recommends. */
export const setSecurityHeaders: RequestHandler = (_request, response, next) => {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  next();
};

function decided(): [name: string, value: string][] {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  decide(sample.req, sample, () => undefined);
  return Object.entries(sample.getHeaders()) as [name: string, value: string][];
}
