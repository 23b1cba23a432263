import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Request, Response } from 'express';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** A file that is kept in memory, and sent compressed to clients that accept it. */
export interface StaticFile {
  readonly type: string;
  readonly content: Buffer;
  /** The content's digest, by which a browser finds out that it has the file already. */
  readonly etag: string;
  /** Compressed when first asked for. */
  compressed(encoding: Encoding): Promise<Buffer>;
}

type Encoding = 'br' | 'gzip';

/** Keeps a content in memory; the extension of its name says what it is. */
export function staticFile(name: string, content: Buffer): StaticFile {
  const kept = new Map<Encoding, Promise<Buffer>>();
  return {
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    content,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    compressed(encoding) {
      const known = kept.get(encoding) ?? compress(encoding, content);
      kept.set(encoding, known);
      return known;
    },
  };
}

/** Reads all files below a folder that a browser may have, by their paths in it; none where there is no folder. */
export function filesBelow(folder: string): Map<string, Buffer> {
  if (!fs.existsSync(folder)) return new Map();
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const served = names.filter((name) => path.extname(name) in TYPES);
  return new Map(served.map((name) => [name.replaceAll('\\', '/'), fs.readFileSync(path.join(folder, name))]));
}

/** Sends a file, or 304 where the browser has it. */
export async function sendFile(request: Request, response: Response, file: StaticFile, caching: string): Promise<void> {
  response.setHeader('Cache-Control', caching);
  response.setHeader('ETag', file.etag);
  response.setHeader('Vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === file.etag) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', file.type);
  const encoding = request.acceptsEncodings('br', 'gzip', 'identity');
  if (encoding !== 'br' && encoding !== 'gzip') {
    response.end(request.method === 'HEAD' ? undefined : file.content);
    return;
  }
  const content = await file.compressed(encoding);
  response.setHeader('Content-Encoding', encoding);
  response.end(request.method === 'HEAD' ? undefined : content);
}

/** Quality 6 of brotli takes a tenth of a second for Swagger UI, the best one four seconds. */
function compress(encoding: Encoding, content: Buffer): Promise<Buffer> {
  if (encoding === 'gzip') return gzip(content, { level: 7 });
  return brotli(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 6 } });
}
