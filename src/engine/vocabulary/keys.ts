import { attributeKey, attributeKeys } from './attributes';
import type { AttributeChoices, Selectable, Selector } from './selector';

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

/** Returns how narrow a selector is, 0 the narrowest: add-on, plan with period, plan, plan group, tag, service type, everything [ISP]. */
export function selectorRank(selector: Selector | undefined): number {
  if (selector?.addons) return 0;
  if (selector?.plans) return selector.periods ? 1 : 2;
  if (selector?.planGroups) return 3;
  if (selector?.tags) return 4;
  if (selector?.serviceTypes) return 5;
  return 6;
}

/** The lists that an index is made of, the narrowest first, and the kinds of their keys. */
const KEY_LISTS = [
  ['addons', 'addon'],
  ['plans', 'plan'],
  ['planGroups', 'planGroup'],
  ['tags', 'tag'],
  ['attributes', 'attribute'],
  ['serviceTypes', 'serviceType'],
] as const;

function keyListOf(selector: Selector): (typeof KEY_LISTS)[number] | undefined {
  return KEY_LISTS.find(([list]) =>
    list === 'attributes' ? keyAttribute(selector.attributes) !== undefined : selector[list],
  );
}

/** Returns the attribute that lines are found by: what is true or false tells few lines apart. */
function keyAttribute(attributes: AttributeChoices | undefined): string | undefined {
  const choices = Object.entries(attributes ?? {});
  const telling = choices.find(([, values]) => !values.some((value) => typeof value === 'boolean'));
  return (telling ?? choices[0])?.[0];
}

/** Returns the narrowest list of a selector as keys, for an index; `undefined` where it has none: it can match any line. */
export function selectorKeys(selector: Selector | undefined): Keys | undefined {
  if (selector === undefined) return undefined;
  const [list, kind] = keyListOf(selector) ?? [];
  if (list === 'attributes') {
    const name = keyAttribute(selector.attributes) ?? '';
    return { kind: 'attribute', values: (selector.attributes?.[name] ?? []).map((value) => attributeKey(name, value)) };
  }
  const values = list && selector[list];
  return kind && values && { kind, values };
}

/** Returns what a selector says beside the list that `selectorKeys` is made of. */
export function selectorWithoutKeys(selector: Selector | undefined): Selector | undefined {
  const [list] = (selector && keyListOf(selector)) ?? [];
  if (selector === undefined || list === undefined) return selector;
  if (list !== 'attributes') return { ...selector, [list]: undefined };
  const { [keyAttribute(selector.attributes) ?? '']: _key, ...others } = selector.attributes ?? {};
  return { ...selector, attributes: others };
}

/** Returns what a subject brings of a kind of key; a tag, a group or a text of an attribute may be there twice. */
export function keysOf(subject: Selectable, kind: KeyKind): readonly string[] {
  switch (kind) {
    case 'addon':
      return subject.addon === undefined ? NONE : [subject.addon];
    case 'plan':
      return subject.plan === undefined ? NONE : [subject.plan];
    case 'planGroup':
      return subject.planGroups;
    case 'tag':
      return subject.tags;
    case 'serviceType':
      return [subject.serviceType];
    case 'attribute':
      return attributeKeys(subject.attributes);
    default:
      return NONE;
  }
}

const NONE: readonly string[] = [];
