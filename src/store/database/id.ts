import { v7 } from 'uuid';

/** Returns a new server-made id: opaque, unique, and later ones sort after earlier ones. */
export function newId(): string {
  return v7();
}
