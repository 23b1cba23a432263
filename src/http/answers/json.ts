import { EXACT } from '../../engine/vocabulary/decimal';

const MARKED = new RegExp(`"${EXACT}(-?\\d[\\d.eE+-]*)"`, 'g');

/** Writes a value as JSON, numbers of any length as they were written. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(EXACT) ? text.replace(MARKED, '$1') : text;
}
