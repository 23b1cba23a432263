import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Express, RequestHandler } from 'express';
import { projectRoot } from '../../project-root';
import { toAsyncApi } from '../contract/asyncapi';
import { openApi } from '../contract/openapi';
import { toOpenApi30 } from '../contract/openapi-3.0';
import { filesBelow, type StaticFile, sendFile, staticFile } from './static-files';

/** A page takes scripts, styles and answers from here alone, and is shown in no other page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** A file of this version never changes. */
const FOR_A_YEAR = 'public, max-age=31536000, immutable';
/** Revalidated every time, and sent where it has changed. */
const WHEN_CHANGED = 'no-cache';

/** The files of Swagger UI that its page loads. */
const SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Where the pages are, by their files. */
const PAGES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/docs': 'docs/index.html',
  '/explorer': 'explorer/index.html',
  '/storefront': 'examples/storefront/index.html',
};

/** Shows the published document, and the pages for people. */
export function showPages(app: Express): void {
  app.get('/openapi.json', sends(staticFile('openapi.json', jsonOf(openApi)), WHEN_CHANGED));
  app.get('/openapi-3.0.json', sends(staticFile('openapi-3.0.json', jsonOf(toOpenApi30(openApi))), WHEN_CHANGED));
  app.get('/asyncapi.json', sends(staticFile('asyncapi.json', jsonOf(toAsyncApi(openApi))), WHEN_CHANGED));
  const contents = pageFiles();
  const version = versionOf(contents);
  const files = new Map<string, StaticFile>();
  for (const [name, content] of contents) files.set(name, staticFile(name, withVersion(name, content, version)));
  for (const [url, name] of Object.entries(PAGES)) app.get(url, showPage(files.get(name) as StaticFile));
  app.get('/assets/:version/*name', (request, response, next) => {
    const name = ([] as string[]).concat(request.params.name ?? []).join('/');
    const file = files.get(name);
    if (file === undefined) return next();
    // During a roll-out, a page of one version may ask a process of the other.
    return sendFile(request, response, file, request.params.version === version ? FOR_A_YEAR : WHEN_CHANGED);
  });
}

function sends(file: StaticFile, caching: string): RequestHandler {
  return (request, response) => sendFile(request, response, file, caching);
}

function showPage(file: StaticFile): RequestHandler {
  return (request, response) => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    return sendFile(request, response, file, WHEN_CHANGED);
  };
}

function jsonOf(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

/** Reads everything that pages are made from: our own files, the examples, and the libraries that are served from here. */
function pageFiles(): Map<string, Buffer> {
  const files = filesBelow(path.join(projectRoot, 'pages'));
  for (const [name, content] of filesBelow(path.join(projectRoot, 'examples'))) files.set(`examples/${name}`, content);
  const client = filesBelow(path.join(projectRoot, 'packages/client/build/browser'));
  for (const [name, content] of client) files.set(`client/${name}`, content);
  const swaggerUi = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  for (const name of SWAGGER_UI) files.set(`swagger-ui/${name}`, fs.readFileSync(path.join(swaggerUi, name)));
  const dagre = path.dirname(require.resolve('@dagrejs/dagre/package.json'));
  files.set('dagre/dagre.esm.js', fs.readFileSync(path.join(dagre, 'dist/dagre.esm.js')));
  return files;
}

function versionOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0`).update(content).update('\0');
  return hash.digest('base64url').slice(0, 12);
}

/** A page names its files by the version of all of them, so that a browser may keep them. */
function withVersion(name: string, content: Buffer, version: string): Buffer {
  if (!name.endsWith('.html')) return content;
  return Buffer.from(content.toString('utf8').replaceAll('"/assets/', `"/assets/${version}/`));
}
