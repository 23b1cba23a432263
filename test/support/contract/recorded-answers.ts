import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../src/project-root';

const FILE = path.join(projectRoot, 'openapi/answers.json');
/** Ids, tokens, codes by chance, digests and instants: another one each time. */
const VOLATILE =
  /^([0-9a-f]{8}-[0-9a-f-]{27}|ob_(sec|pub)_.+|[0-9a-f]{40,}|[A-Z]+-[0-9A-Z]{8}|[\w-]{43}|\d{16}-[0-9a-z]+|\d{4}-\d\d-\d\d(T.+)?)$/;
/** An id within a sentence. */
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const COUNTERS = ['catalogVersion', 'version', 'redemptions', 'held', 'left'];
/** Enough of a list to see what it is. */
const MOST_ENTRIES = 2;

/** The answers that the published document shows, by operation; recorded by a test, and compared by it ever after. */
export function recordedAnswers(): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(FILE, 'utf8'));
}

/** Writes what operations answered as the examples of the published document. */
export function recordAnswers(answers: Record<string, unknown>): void {
  fs.writeFileSync(FILE, `${JSON.stringify(answers, null, 2)}\n`);
}

/** An answer as it is shown: of long lists the first entries, and no token that works. */
export function shown(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (_name, value) => {
    if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES);
    return typeof value === 'string' ? value.replace(/^(?:(ob_(?:sec|pub)_).{43}|(whsec_).{32})$/, '$1$2…') : value;
  });
}

/** What an answer must match so that the recorded one is still true: its members and values, whatever is another each time. */
export function likeRecorded(recorded: unknown): unknown {
  if (Array.isArray(recorded)) return recorded.map(likeRecorded);
  if (typeof recorded === 'string') return VOLATILE.test(recorded) ? expect.any(String) : likeText(recorded);
  if (typeof recorded !== 'object' || recorded === null) return recorded;
  return Object.fromEntries(
    Object.entries(recorded).map(([name, value]) => [
      name,
      COUNTERS.includes(name) && typeof value === 'number' ? expect.any(Number) : likeRecorded(value),
    ]),
  );
}

function likeText(recorded: string): unknown {
  const parts = recorded.split(ID);
  if (parts.length === 1) return recorded;
  const exact = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return expect.stringMatching(new RegExp(`^${exact.join(ID.source)}$`));
}
