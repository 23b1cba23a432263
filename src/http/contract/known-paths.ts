import type { RequestHandler } from 'express';
import { HttpProblem } from '../answers/problem';
import { type Operation, openApi } from './openapi';

/** A path of the published document and what may be done there. */
export interface KnownPath {
  /** As in the document: `/v1/providers/{id}`. */
  template: string;
  /** In upper case. */
  methods: readonly string[];
  /** Returns the kinds of key that a method takes, in the ways in which it takes them; none: it needs no key. */
  keys(method: string): readonly (readonly string[])[];
}

const routes = Object.entries(openApi.paths).map(([template, operations]) => ({
  template,
  methods: methodsOf(Object.keys(operations)),
  // As express matches: without case, with or without a slash at the end.
  pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
  parameters: template.split('{').length,
  keys: (method: string) => keysOf(operations[method === 'HEAD' ? 'get' : method.toLowerCase()]),
}));
// A fixed path wins over a parameter: /v1/upgrade-paths/graph over /v1/upgrade-paths/{id}.
routes.sort((a, b) => a.parameters - b.parameters);

const fixed = new Map(routes.filter(({ parameters }) => parameters === 1).map((route) => [route.template, route]));

/** Returns the path of the document that a request's path is. */
export function knownPath(path: string): KnownPath | undefined {
  return fixed.get(path) ?? routes.find((route) => route.pattern.test(path));
}

/** What is computed and not written, though it is asked for by a POST. */
const COMPUTED = new Set(['/v1/quote', '/v1/quotes', '/v1/forecast']);

/** Returns whether a request of this path leaves nothing behind, whatever its method. */
export function isComputed(path: string): boolean {
  return COMPUTED.has(knownPath(path)?.template ?? '');
}

/** Throws 404 for a path that the document does not have, 405 for a method that the path does not have. */
export const refuseUnknownPaths: RequestHandler = (request, response, next) => {
  const known = knownPath(request.path);
  if (known === undefined) throw new HttpProblem(404, 'not_found', 'The path does not exist.');
  const allow = known.methods.join(', ');
  if (request.method === 'OPTIONS') {
    response.status(204).set('Allow', allow).end();
  } else if (known.methods.includes(request.method)) {
    next();
  } else {
    const detail = `This path takes ${allow}.`;
    throw new HttpProblem(405, 'method_not_allowed', detail, { headers: { Allow: allow } });
  }
};

/** That the admin key names a provider beside itself is no way of its own. */
function keysOf(operation: Operation | undefined): readonly (readonly string[])[] {
  const ways = operation?.security?.filter(({ provider }) => provider === undefined) ?? [];
  return ways.map(({ bearer = [] }) => bearer);
}

function methodsOf(names: readonly string[]): string[] {
  const methods = names.map((name) => name.toUpperCase());
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}
