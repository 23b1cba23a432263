const PLAIN = /^[\x21-\x7e]+$/;
const BLANK_OR_INVISIBLE = /^[\s\u0085\p{Cf}]+|[\s\u0085\p{Cf}]+$/gu;
const INVISIBLE = /\p{Cf}+/gu;
const DOTTED_I = /i(\p{M}*?)\u0307/gu;

/** A promo code without the blanks and invisible characters (Unicode category Cf) around it. */
export function trimCode(code: string): string {
  return PLAIN.test(code) ? code : code.replace(BLANK_OR_INVISIBLE, '');
}

/** A promo code as it is stored: trimmed, without invisible characters inside it. */
export function visibleCode(code: string): string {
  return PLAIN.test(code) ? code : trimCode(code.replace(INVISIBLE, ''));
}

/** The form in which promo codes are compared: what can be seen of them, by full case folding, composed; no I has a dot. */
export function normalizeCode(code: string): string {
  if (PLAIN.test(code)) return code.toLowerCase();
  // Capitals are made of small letters, so that ß, ẞ and ss are one; small letters of capitals, so that σ and ς are.
  const capitals = visibleCode(code).normalize('NFD').toLowerCase().toUpperCase().normalize('NFD');
  return capitals.toLowerCase().replaceAll('ς', 'σ').replace(DOTTED_I, 'i$1').normalize('NFC');
}
