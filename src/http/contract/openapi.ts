import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../project-root';

/** One method of a path. */
export interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  /** Empty: it needs no key. */
  security?: { bearer?: string[]; provider?: string[] }[];
}

/** The part of the published document that the service itself reads. */
export interface OpenApiDocument {
  info: { version: string; license: { name: string } };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

/** The published document: what `/openapi.json` answers, and what bodies are validated against. */
export const openApi = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'openapi/openapi.json'), 'utf8'),
) as OpenApiDocument;
