/**
 * Returns what PostgreSQL's `hashtext` makes of a text, by which Citus puts a provider's rows on a shard: Bob Jenkins'
 * hash of its bytes, as a signed number.
 */
export function hashText(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const seed = (0x9e3779b9 + bytes.length + 3923095) | 0;
  let [a, b, c] = [seed, seed, seed];
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    [a, b, c] = mix(
      (a + bytes.readInt32LE(at)) | 0,
      (b + bytes.readInt32LE(at + 4)) | 0,
      (c + bytes.readInt32LE(at + 8)) | 0,
    );
  }
  // The lowest byte of the last word stands for the length.
  const rest = Buffer.alloc(12);
  bytes.copy(rest, 0, at, Math.min(at + 8, bytes.length));
  if (bytes.length - at > 8) bytes.copy(rest, 9, at + 8);
  return final((a + rest.readInt32LE(0)) | 0, (b + rest.readInt32LE(4)) | 0, (c + rest.readInt32LE(8)) | 0);
}

type Words = [a: number, b: number, c: number];

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function mix(a: number, b: number, c: number): Words {
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  return [a, (b + a) | 0, c];
}

function final(a: number, b: number, c: number): number {
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  return ((c ^ b) - rotate(b, 24)) | 0;
}
