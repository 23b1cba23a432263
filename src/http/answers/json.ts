import { EXACT } from '../../engine/vocabulary/decimal';

const MARKED = new RegExp(`"${EXACT}(-?\\d[\\d.eE+-]*)"`, 'g');

/** Writes a value as JSON, numbers of any length as they were written. */
export function toJson(value: unknown): string {
  return withNumbers(JSON.stringify(value));
}

/** Writes the numbers of a JSON text as they were written. */
export function withNumbers(text: string): string {
  return text.includes(EXACT) ? text.replace(MARKED, '$1') : text;
}
