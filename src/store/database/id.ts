import { v7 } from 'uuid';

/** A new server-made id: opaque, unique, and later ones sort after earlier ones. */
export function newId(): string {
  return v7();
}
