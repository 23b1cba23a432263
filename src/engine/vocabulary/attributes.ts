import { decimalText, isJsonNumber } from './decimal';

/**
 * A fact of the platform's own: a text of at most 255 characters, a number of at most 30 significant digits, a truth
 * value, or a list of at most 50 texts.
 */
export type AttributeValue = string | number | boolean | string[];

/** Facts of the platform's own by name, at most 50: `{ "datacenter": "fra", "ram": 16, "managed": true, "features": ["ipv6"] }`. */
export type Attributes = { [name: string]: AttributeValue };

/** A value to compare an attribute with: a text of at most 255 characters, a number or a truth value. */
export type AttributeChoice = string | number | boolean;

/**
 * The name of an attribute.
 * @pattern ^[A-Za-z][A-Za-z0-9_.-]{0,63}$
 */
export type AttributeName = string;

/**
 * A note of the platform.
 * @maxLength 500
 */
export type MetadataText = string;

/** The platform's own notes, at most 50 texts by name: stored, returned and never read by a rule. */
export type Metadata = { [name: string]: MetadataText };

/** Returns the attribute of that name, if there is one. */
export function attributeOf(attributes: Attributes | undefined, name: string): AttributeValue | undefined {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** Returns one form per value that differs by kind: 2, "2" and true are three values. */
export function choiceKey(value: AttributeChoice): string {
  if (isJsonNumber(value)) return `n${decimalText(value)}`;
  return typeof value === 'string' ? `t${value}` : `b${value}`;
}

/** Returns a choice of an attribute as a key, for an index: names have no `=`. */
export function attributeKey(name: string, value: AttributeChoice): string {
  return `${name}=${choiceKey(value)}`;
}

/** Returns the keys that attributes bring: of a list one for each of its texts. */
export function attributeKeys(attributes: Attributes | undefined): string[] {
  if (attributes === undefined) return [];
  return Object.entries(attributes).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((text) => attributeKey(name, text)) : [attributeKey(name, value)],
  );
}

/** Prepares a test whether a value is one of the choices; a list is when one of its texts is. */
export function oneOfChoices(choices: readonly AttributeChoice[]): (value: AttributeValue) => boolean {
  const keys = new Set(choices.map(choiceKey));
  return (value) =>
    Array.isArray(value) ? value.some((text) => keys.has(choiceKey(text))) : keys.has(choiceKey(value));
}

/** Returns the attributes of a line or a service: its own win over its plan's. */
export function withPlanAttributes(own: Attributes | undefined, plan: Attributes | undefined): Attributes | undefined {
  if (plan === undefined || own === undefined) return own ?? plan;
  return { ...plan, ...own };
}
