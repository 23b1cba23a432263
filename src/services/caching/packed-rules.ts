import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CustomUser } from '../../engine/rulebook/custom-type';
import { PackedText, Saved } from '../../engine/rulebook/saved';
import type { LoadedCatalog } from '../../store/whole-catalog/load-catalog';

/** In bytes of JSON: to pack or unpack more would keep others waiting. */
const MOST_PACKED = 1_048_576;

/** Before what is packed stands how many bytes it has. */
const SIZE_BYTES = 4;

/** A saved rule: its id, how it is filed, and how many bytes it takes. */
type Entry = readonly [id: string, filed: object, length: number];

/** What stands before the rules themselves. */
interface Head extends Omit<LoadedCatalog, Shelf> {
  readonly shelves: readonly (readonly Entry[])[];
}

type Shelf = (typeof SHELVES)[number];
const SHELVES = ['promotions', 'discounts', 'relatedProducts'] as const;

/**
 * Packs a catalog into a twentieth or so of what it takes when it is compiled; `undefined`: it is too large, or has types of its
 * own, which take long to compile again.
 */
export function packRules(catalog: LoadedCatalog): Buffer | undefined {
  const { promotions, discounts, relatedProducts, ...others } = catalog;
  if (catalog.conditionTypes.length + catalog.discountTypes.length > 0) return undefined;
  const texts: string[] = [];
  let length = 0;
  const shelves: Entry[][] = [];
  for (const shelf of [promotions, discounts, relatedProducts]) {
    const entries: Entry[] = [];
    for (const saved of shelf) {
      const { id, filed, text } = saved;
      const bytes = Buffer.byteLength(text);
      entries.push([id, filed, bytes]);
      texts.push(text);
      length += bytes;
      if (length > MOST_PACKED) return undefined;
    }
    shelves.push(entries);
  }
  const head: Head = { ...others, shelves };
  const all = Buffer.from(`${JSON.stringify(head)}\n${texts.join('')}`);
  const packed = deflateRawSync(all, { level: 1 });
  const size = Buffer.alloc(SIZE_BYTES);
  size.writeUInt32LE(all.length);
  return Buffer.concat([size, packed]);
}

/** Returns the catalog of what `packRules` has made; its rules are read when they are first asked for. */
export function unpackRules(packed: Buffer): LoadedCatalog {
  // In one piece: its default is many small ones, which are laid together.
  const all = inflateRawSync(packed.subarray(SIZE_BYTES), { chunkSize: Math.max(64, packed.readUInt32LE() + 1) });
  let at = all.indexOf('\n') + 1;
  const { shelves, ...others } = JSON.parse(all.toString('utf8', 0, at)) as Head;
  const shelf = <R extends CustomUser, F>(entries: readonly Entry[] = []) =>
    entries.map(([id, filed, length]) => {
      at += length;
      return new Saved<R, F>(id, filed as F, new PackedText(all, at - length, at));
    });
  const [promotions, discounts, relatedProducts] = shelves;
  return {
    ...others,
    promotions: shelf(promotions),
    discounts: shelf(discounts),
    relatedProducts: shelf(relatedProducts),
  };
}
