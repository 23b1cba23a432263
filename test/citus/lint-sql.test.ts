import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../src/project-root';

/** Returns what the lint says of a source. */
function linted(statement: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-lint-'));
  fs.writeFileSync(path.join(folder, 'source.ts'), `export const sql = \`${statement}\`;\n`);
  const { stderr } = spawnSync(process.execPath, [path.join(projectRoot, 'scripts/lint-sql.mjs'), folder], {
    encoding: 'utf8',
  });
  fs.rmSync(folder, { recursive: true });
  return stderr;
}

test.each([
  ['update grants set revoked_at = clock_timestamp() where id = ?', 'statement_timestamp()'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the text of a source.
  ["update codes c set customer = ${hashOfCustomer('key', 'c.customer')} from keys", 'materialized query'],
  ['insert into kept (id) values (?) on conflict (id) do update set at = now()', 'excluded'],
  ['delete from grants where id = ? returning now()', 'immutable'],
  ['with wanted (kind) as (select 1 union all select 2) select * from wanted', 'names its columns'],
  ['with held as (select from grants) select 1 from held', 'selects something'],
  ['delete from audit_log where ctid = any(array(select ctid from audit_log))', 'within one provider'],
  ["select nextval('events_written_seq')", 'event_number()'],
  ['select pg_advisory_xact_lock(hashtextextended(?, 0))', 'where its row is'],
])('%p is refused', (statement, reason) => {
  expect(linted(statement)).toContain(reason);
});

test.each([
  'update grants set revoked_at = statement_timestamp() where ends_at > clock_timestamp()',
  'with own as (select id, clock_timestamp() as at from grants) update grants g set at = own.at from own',
  'delete from audit_log where provider_id = ? and ctid = any(array(select ctid from audit_log))',
  'insert into tags (provider_id, id) select provider_id, id from plans returning id',
])('%p is let through', (statement) => {
  expect(linted(statement)).toBe('');
});
