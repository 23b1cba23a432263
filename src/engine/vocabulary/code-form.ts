const PLAIN = /^[\x21-\x7e]+$/;
const BLANK_OR_INVISIBLE = /^[\s\u0085\p{Cf}]+|[\s\u0085\p{Cf}]+$/gu;
const INVISIBLE = /\p{Cf}+/gu;
const DOTTED_I = /i(\p{M}*?)\u0307/gu;

/** Returns a promo code without the blanks and invisible characters (Unicode category Cf) around it. */
export function trimCode(code: string): string {
  return PLAIN.test(code) ? code : code.replace(BLANK_OR_INVISIBLE, '');
}

/** Returns a promo code as it is stored: trimmed, without invisible characters inside it. */
export function visibleCode(code: string): string {
  return PLAIN.test(code) ? code : trimCode(code.replace(INVISIBLE, ''));
}

/**
 * Returns the form in which promo codes are compared: what can be seen of them, by full case folding, composed; dotted
 * and dotless I are one letter.
 */
export function normalizeCode(code: string): string {
  if (PLAIN.test(code)) return code.toLowerCase();
  // Upper-casing makes ß, ẞ and ss equal; lower-casing the result makes σ and ς equal.
  const capitals = visibleCode(code).normalize('NFD').toLowerCase().toUpperCase().normalize('NFD');
  return capitals.toLowerCase().replaceAll('ς', 'σ').replace(DOTTED_I, 'i$1').normalize('NFC');
}
