import { decimalText, EXACT, isComparable } from '../../engine/vocabulary/decimal';
import { invalid } from '../answers/problem';

/** Where numbers are compared as the decimals that they are written as. */
const HAS_DECIMALS = /attribute|parameters|\\u/;
/** A number that a double may not have exactly, or a text that looks like one: 16 digits, or an exponent of three. */
const MAY_BE_INEXACT = /(?:\d\.?){16}|[eE][+-]?\d{3}/;
const TEXTS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
const ESCAPED_MARK = /\\ufdd0/i;

/**
 * Reads a body's JSON. A number that no double has exactly is read as its digits behind the mark of `EXACT`, where rules
 * compare numbers; everywhere else no number is that long. Throws a `SyntaxError` where it is not JSON.
 */
export function parseJson(text: string): unknown {
  const body: unknown = JSON.parse(text);
  if (text.includes(EXACT) || (text.includes('\\u') && ESCAPED_MARK.test(text))) {
    throw invalid([{ pointer: '', code: 'characters', detail: 'contains U+FDD0, which is not a character' }]);
  }
  if (!HAS_DECIMALS.test(text) || !MAY_BE_INEXACT.test(text)) return body;
  return JSON.parse(text.replace(TEXTS_AND_NUMBERS, (token) => (isInexact(token) ? `"${EXACT}${token}"` : token)));
}

function isInexact(token: string): boolean {
  if (token.startsWith('"')) return false;
  const exact = EXACT + token;
  return !isComparable(exact) || decimalText(exact) !== decimalText(Number(token));
}
