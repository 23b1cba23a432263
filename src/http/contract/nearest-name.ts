/** More edits than a typing error. */
const FARTHEST = 3;

/** Returns the known name that a wrong one was probably meant to be: another case, a letter or two off, or its beginning. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  if (wrong.length > 100) return undefined;
  let nearest: string | undefined;
  let least = Math.min(FARTHEST, Math.ceil(wrong.length / 3)) + 1;
  for (const name of known) {
    const distance = distanceBetween(wrong.toLowerCase(), name.toLowerCase());
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Returns how many letters to insert, remove or replace. */
function distanceBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > FARTHEST) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
