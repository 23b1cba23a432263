/** What a rule can be filed under, the narrowest first. */
export const KEY_KINDS = [
  'customer',
  'addon',
  'plan',
  'planGroup',
  'tag',
  'attribute',
  'customerAttribute',
  'cartAttribute',
  'group',
  'serviceType',
] as const;

/** A kind of key. */
export type KeyKind = (typeof KEY_KINDS)[number];

/** Keys of one kind, of which a cart must bring one. */
export interface Keys {
  readonly kind: KeyKind;
  readonly values: readonly string[];
}

/** The values of a kind that a cart brings, each once. */
export type CartKeys = (kind: KeyKind) => readonly string[];
