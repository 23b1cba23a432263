/** How a path names a resource: by its id, or as `key:<key>`; reads as the condition of a query. */
export type ResourceRef = { id: string } | { key: string };

/** Reads the last part of a path: `key:<key>` is a client's key, everything else an id. */
export function addressOf(pathId: string): ResourceRef {
  return pathId.startsWith('key:') ? { key: pathId.slice('key:'.length) } : { id: pathId };
}

/** Which part of a list to read, in the order of ids. */
export interface PageRequest {
  /** At most so many. */
  limit: number;
  /** Only those after this id. */
  after?: string;
}
