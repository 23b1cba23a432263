import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Served over plain HTTP as well: whether there is TLS is for whoever stands in front to say. */
const decide = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  strictTransportSecurity: false,
});

/** Sets the headers that helmet recommends; they are the same for every request, so it is asked once. */
export function securityHeaders(): RequestHandler {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  decide(sample.req, sample, () => undefined);
  const headers = Object.entries(sample.getHeaders()) as [name: string, value: string][];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}
