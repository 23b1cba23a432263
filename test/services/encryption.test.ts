import { encryption } from '../../src/services/encryption';
import { Conflict } from '../../src/store/database/errors';

describe('sealed answers', () => {
  test('sealed answers are opened by the same secret, and look different each time', () => {
    const seal = encryption('secret');
    const closed = seal.close('{"token":"ob_sec_ä"}');
    expect(seal.open(closed)).toBe('{"token":"ob_sec_ä"}');
    expect(seal.close('{"token":"ob_sec_ä"}')).not.toBe(closed);
    expect(Buffer.from(closed, 'base64').toString()).not.toContain('token');
  });

  test('sealed answers are closed to any other secret, and to whoever changed them', () => {
    const closed = encryption('secret').close('text');
    expect(() => encryption('other').open(closed)).toThrow(Conflict);
    const changed = Buffer.from(closed, 'base64');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(() => encryption('secret').open(changed.toString('base64'))).toThrow(Conflict);
  });

  test('an empty text too', () => {
    expect(encryption('secret').open(encryption('secret').close(''))).toBe('');
  });
});
