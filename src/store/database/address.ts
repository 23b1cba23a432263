/** How a path names a resource: by its id, or as `key:<key>`; reads as the condition of a query. */
export type Address = { id: string } | { key: string };

/** Reads the last part of a path: `key:<key>` is a client's key, everything else an id. */
export function addressOf(pathId: string): Address {
  return pathId.startsWith('key:') ? { key: pathId.slice('key:'.length) } : { id: pathId };
}
