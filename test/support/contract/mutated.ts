import fc, { type Arbitrary } from 'fast-check';

const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\ud800',
  'NaN',
  '-1.00',
  '1e5',
  '99999999999999999999.00',
  'x'.repeat(20_000),
  "'; drop table promotions; --",
  '0000-00-00T00:00:00Z',
  '2026-02-30T00:00:00Z',
  'key:',
  [],
  {},
  [[[[[]]]]],
  { type: 'no such type' },
  { type: 'percent', percent: '0' },
  JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{}}}'),
  JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`),
];
const names = ['__proto__', 'constructor', 'toString', 'type', 'id', 'colour', '', '\0', 'a/b~c'];

/** The same value with something inside it exchanged, removed, added or doubled. */
export function mutated(values: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), fc.constantFrom(...hostile), fc.constantFrom(...names), fc.nat({ max: 3 }))
    .map(([value, place, replacement, name, change]) => {
      const copy: unknown = structuredClone(value);
      const spots = spotsOf(copy);
      const spot = spots[place % Math.max(spots.length, 1)];
      if (spot === undefined) return replacement;
      const { parent, key } = spot;
      if (change === 0) define(parent, key, replacement);
      else if (change === 1) Reflect.deleteProperty(parent, key);
      else if (change === 2) define(parent, Array.isArray(parent) ? String(parent.length) : name, replacement);
      else define(parent, key, [spot.value, spot.value]);
      return copy;
    });
}

/** A member of an object or list somewhere inside a value. */
interface Spot {
  parent: object;
  key: string;
  value: unknown;
}

function spotsOf(value: unknown): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [{ parent: value, key, value: member }, ...spotsOf(member)]);
}

/** As JSON.parse does it: an own member, whatever its name. */
function define(parent: object, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}
