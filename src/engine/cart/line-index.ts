import { type KeyKind, keysOf } from '../vocabulary/keys';
import type { PricedLine } from './priced-line';

/** Lines filed under the keys of one kind. */
export interface LinesByKey {
  /** The keys, each once. */
  readonly keys: readonly string[];
  readonly lines: ReadonlyMap<string, readonly PricedLine[]>;
}

/** Indexes the lines by the keys of a kind on first use. */
export function lineIndex(lines: readonly PricedLine[]): (kind: KeyKind) => LinesByKey {
  const known: { readonly kind: KeyKind; readonly filed: LinesByKey }[] = [];
  return (kind) => {
    for (const one of known) if (one.kind === kind) return one.filed;
    const filed = fileLines(lines, kind);
    known.push({ kind, filed });
    return filed;
  };
}

function fileLines(lines: readonly PricedLine[], kind: KeyKind): LinesByKey {
  const keys: string[] = [];
  const byKey = new Map<string, PricedLine[]>();
  const file = (line: PricedLine, key: string): void => {
    const filed = byKey.get(key);
    if (filed === undefined) {
      byKey.set(key, [line]);
      keys.push(key);
      // A line may name a tag or a group twice.
    } else if (filed[filed.length - 1] !== line) filed.push(line);
  };
  // Of most kinds a line has one key at most: no list is made for it.
  if (kind === 'plan' || kind === 'addon' || kind === 'serviceType') {
    for (const line of lines) {
      const key = line[kind];
      if (key !== undefined) file(line, key);
    }
  } else {
    for (const line of lines) for (const key of keysOf(line, kind)) file(line, key);
  }
  return { keys, lines: byKey };
}
