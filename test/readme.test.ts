import fs from 'node:fs';
import path from 'node:path';
import type { Agent, Response } from 'supertest';
import { type DemoKeys, loadDemo } from '../src/demo';
import { projectRoot } from '../src/project-root';
import { ADMIN_KEY, type Api, startApi } from './support/api';

const read = (file: string) => fs.readFileSync(path.join(projectRoot, file), 'utf8');

let api: Api;
let keys: DemoKeys;

/** Every test of a group sees one database with the demo in it. */
function withDemo(): void {
  beforeAll(async () => {
    api = await startApi();
    keys = (await loadDemo(api.db, ADMIN_KEY)) as DemoKeys;
  });
  afterAll(() => api.drop());
}

describe('the README', () => {
  withDemo();
  const commands = [...read('README.md').matchAll(/```sh\n(curl [\s\S]+?)```\s+```json\n([\s\S]+?)```/g)].map(
    ([, command = '', answer = '']): [string, string] => [command.replace(/\\\n\s*/g, '').trim(), answer],
  );

  test('the README shows requests and answers', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
  });

  test('the README explains every variable that the configuration reads', () => {
    const names = [...read('src/config.ts').matchAll(/(?:read|integer|flag|databaseUrl)\('([A-Z_]+)'/g)].map(
      ([, name]) => name,
    );
    const explained = [...read('README.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test.each(commands)('%s', async (command, answer) => {
    // The README's answers are shortened: what they show is there, and "…" stands for some text.
    const shown = JSON.parse(answer, (_name, value) => (value === '…' ? expect.any(String) : value));
    expect((await curl(command)).body).toMatchObject(shown);
  });

  function curl(command: string): Promise<Response> {
    const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const after = (flag: string) => words.flatMap((word, index) => (word === flag ? [words[index + 1] ?? ''] : []));
    const url = words.find((word) => word.startsWith('localhost:3000')) ?? '';
    const [body] = after('-d');
    const headers = after('-H').map((header) =>
      header.replace('$SECRET', keys.secret).replace('$PUBLISHABLE', keys.publishable).split(': '),
    );
    const method = after('-X')[0] ?? (body === undefined ? 'get' : 'post');
    const call = send(api.http, method.toLowerCase(), url.replace('localhost:3000', '')).set(
      Object.fromEntries(headers),
    );
    return Promise.resolve(body === undefined ? call : call.send(body.startsWith('@') ? read(body.slice(1)) : body));
  }
});

function send(agent: Agent, method: string, url: string) {
  return agent[method as 'get' | 'post' | 'put' | 'patch' | 'delete'](url);
}
