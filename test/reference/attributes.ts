import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { AttributeChoice, Attributes, AttributeValue } from '../../src/engine/vocabulary/attributes';
import { EXACT } from '../../src/engine/vocabulary/decimal';
import type { Line } from './cart';
import { Fraction } from './fraction';

/** An attribute by its name; `undefined`: there is none. */
export function attributeNamed(attributes: Attributes | undefined, name: string): AttributeValue | undefined {
  return Object.entries(attributes ?? {}).find(([other]) => other === name)?.[1];
}

/** The attributes of a name that a condition is about: of the cart, of the customer, or of each line that has it. */
export function attributesOf(
  of: 'cart' | 'customer' | 'line',
  name: string,
  { attributes, customer }: QuoteRequest,
  lines: readonly Line[],
): AttributeValue[] {
  const owners = {
    cart: [attributes],
    customer: [customer?.attributes],
    line: lines.map((line) => line.attributes),
  }[of];
  return owners.flatMap((owner) => {
    const value = attributeNamed(owner, name);
    return value === undefined ? [] : [value];
  });
}

/** Whether a value is one of the choices, or a list has a text that is one; kinds differ, numbers are equal as decimals. */
export function isOneOf(value: AttributeValue, choices: readonly AttributeChoice[]): boolean {
  const own: AttributeChoice[] = Array.isArray(value) ? value : [value];
  return own.some((one) => choices.some((choice) => isSame(one, choice)));
}

function isSame(a: AttributeChoice, b: AttributeChoice): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left.compare(right) === 0;
  return left === undefined && right === undefined && a === b;
}

/** A number as a fraction, of its digits and its power of ten; `undefined`: it is none. */
export function numberOf(value: AttributeValue): Fraction | undefined {
  const written =
    typeof value === 'number'
      ? String(value)
      : typeof value === 'string' && value[0] === EXACT
        ? value.slice(1)
        : undefined;
  if (written === undefined) return undefined;
  const [mantissa = '', power = '0'] = written.toLowerCase().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const shift = Number(power) - decimals.length;
  const digits = BigInt(whole + decimals);
  return shift < 0 ? Fraction.of(digits, 10n ** BigInt(-shift)) : Fraction.of(digits * 10n ** BigInt(shift));
}
