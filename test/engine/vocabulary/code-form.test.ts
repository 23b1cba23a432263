import { normalizeCode, trimCode, visibleCode } from '../../../src/engine/vocabulary/code-form';

describe('the form in which promo codes are compared', () => {
  test.each([
    ['ΜΑΪΟΣ', 'μαϊος'],
    ['ΜΑΪΟΣ', 'μαϊοσ'],
    ['μαϊος', 'μαϊος'.normalize('NFD')],
    ['KIŞ', 'kış'],
    ['kIş', 'KİŞ'],
    ['İ', 'i'],
    ['ı', 'I'],
    ['i\u0307', 'i'],
    ['i\u0323\u0307', 'ị'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'strasse'],
    ['ﬁnal', 'FINAL'],
    ['ŉ', 'ʼN'],
    ['ǰ', 'J̌'],
    ['ᾳ', 'ΑΙ'],
    ['K', 'k'],
    ['ſale', 'SALE'],
    ['\u200bAB\u00adC\u2060 ', 'abc'],
    ['\u00a0\ufeffabc\u0085', 'ABC'],
    ['café', 'CAFE\u0301'],
  ])('%j is %j', (one, other) => {
    expect(normalizeCode(one)).toBe(normalizeCode(other));
  });

  test.each([
    ['ABC', 'AB C'],
    ['é', 'e'],
    ['ａ', 'a'],
    ['0', 'O'],
    ['а', 'a'],
  ])('%j is not %j', (one, other) => {
    expect(normalizeCode(one)).not.toBe(normalizeCode(other));
  });

  test('letters that a regular expression takes for one without case are one, and the form is its own', () => {
    const differing: string[] = [];
    for (let point = 0x21; point < 0x1ffff; point++) {
      const letter = String.fromCodePoint(point);
      if (!/\p{L}/u.test(letter)) continue;
      const form = normalizeCode(letter);
      if (normalizeCode(form) !== form) differing.push(letter);
      for (const other of new Set([letter.toLowerCase(), letter.toUpperCase()])) {
        const isOne = [...other].length === 1 && new RegExp(`^${letter}$`, 'iu').test(other);
        if (isOne && normalizeCode(other) !== form) differing.push(`${letter} ${other}`);
      }
    }
    expect(differing).toEqual([]);
  });

  test('what is shown is trimmed of blanks and invisible characters; what is stored has none inside either', () => {
    expect(trimCode(' \u200bSum\u00admer \u2060')).toBe('Sum\u00admer');
    expect(visibleCode(' \u200bSum\u00admer \u2060')).toBe('Summer');
    expect(visibleCode('\u00ad Summer')).toBe('Summer');
    expect([trimCode('\u200b \ufeff'), visibleCode('\u00ad'), normalizeCode('\u200b')]).toEqual(['', '', '']);
  });
});
