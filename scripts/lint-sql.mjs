// npm run lint: holds the SQL of src to what Citus takes as well, so that there is one set of statements. Each rule says what
// happens where it is broken; a cluster is needed to see it otherwise.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const CLAUSE = String.raw`\bset\b(?:(?!\bfrom\b|\bwhere\b|\breturning\b)[\s\S])*?`;

const RULES = [
  {
    broken: new RegExp(`\\bupdate\\b[\\s\\S]*?${CLAUSE}clock_timestamp`),
    says: 'An update sets statement_timestamp(): Citus refuses a volatile function there.',
  },
  {
    broken: new RegExp(`\\bupdate\\b[\\s\\S]*?${CLAUSE}(hashOfCustomer|convert_to)`),
    says: 'An update takes a hash from a materialized query: Citus refuses a stable function of a column there.',
  },
  {
    broken: /\bdo update\s+set\b[\s\S]*?(now\(\)|_timestamp\(\))/,
    says: 'What a conflict updates is taken from excluded: Citus refuses every function there that is not immutable.',
  },
  {
    broken: /\breturning\b[^)]*(hashOfCustomer|clock_timestamp|now\(\))/,
    says: 'What a statement returns is immutable: Citus refuses any other function there.',
  },
  {
    broken: /(?:\bwith|,)\s+\w+\s*\((?!\s*select\b)[^()]*\)\s+as\s+(?:materialized\s+)?\(/,
    says: 'The first query of a CTE names its columns: a list behind the name of the CTE is lost on the way to a shard.',
  },
  {
    broken: /\bas\s+(?:materialized\s+)?\(\s*select\s+from\b/,
    says: 'A CTE selects something: without a column it is refused as a record whose columns are not defined.',
  },
  {
    broken: /\bwhere\s+ctid\b/,
    says: 'A ctid is looked for within one provider (where provider_id = … and ctid …): it names another row on every shard.',
  },
  {
    broken: /pg_get_serial_sequence\('events'|nextval\('events/,
    says: 'Events are numbered by event_number(): the sequences of the nodes count apart.',
  },
  {
    broken: /select\s+pg_(?:try_)?advisory_xact_lock\(hashtextextended\([^)]*\)\)(?!\s+from)/,
    says: "A provider's lock is taken from providers where its row is: the locks of several nodes do not meet.",
  },
];

/** Returns the template literals and quoted texts of a source, what is put into them included. */
function textsOf(source) {
  const texts = [];
  for (let at = 0; at < source.length; at++) {
    if (source.startsWith('//', at)) at = source.indexOf('\n', at);
    else if (source.startsWith('/*', at)) at = source.indexOf('*/', at) + 1;
    else if (source[at] === "'" || source[at] === '`') {
      const end = endOf(source, at);
      texts.push({ text: source.slice(at + 1, end), line: source.slice(0, at).split('\n').length });
      at = end;
    }
    if (at < 0) break;
  }
  return texts;
}

function endOf(source, start) {
  const quote = source[start];
  for (let at = start + 1, depth = 0; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (quote === '`' && source.startsWith('${', at)) depth++;
    else if (depth > 0 && source[at] === '}') depth--;
    else if (depth === 0 && source[at] === quote) return at;
  }
  return source.length;
}

const IS_SQL = /\b(select|insert into|update|delete from)\b/i;
// The migrations' own work on a cluster, which runs on the coordinator.
const root = process.argv[2] ?? 'src';
const files = readdirSync(root, { recursive: true })
  .filter((file) => file.endsWith('.ts') && !file.startsWith(path.join('store', 'cluster')))
  .map((file) => path.join(root, file));
let broken = 0;
for (const file of files) {
  for (const { text, line } of textsOf(readFileSync(file, 'utf8'))) {
    if (!IS_SQL.test(text)) continue;
    for (const rule of RULES) {
      if (!rule.broken.test(text)) continue;
      broken += 1;
      process.stderr.write(`${file}:${line}: ${rule.says}\n`);
    }
  }
}
process.exitCode = broken > 0 ? 1 : 0;
