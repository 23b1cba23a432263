import fs from 'node:fs';
import path from 'node:path';
import { openApi } from '../src/http/contract/openapi';
import { projectRoot } from '../src/project-root';

const page = fs.readFileSync(path.join(projectRoot, 'docs/errors.md'), 'utf8');
const sections = page.split('\n## ').slice(1);

/** The texts of a folder's sources, without comments. */
function sources(folder: string): string {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = names
    .filter((name) => !name.endsWith('problem-code.ts'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  return texts.join('\n');
}

describe('docs/errors.md', () => {
  const { enum: codes } = openApi.components.schemas.ProblemCode as { enum: string[] };

  test('docs/errors.md has a section for every code of the published document, and no other', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual([...codes].sort());
  });

  test.each(sections)('docs/errors.md says what happened and what to do: %s', (section) => {
    expect(section).toMatch(/^[a-z_]+\n\n\*\*[45]\d\d\.\*\* \S.*\.\n\nWhat to do: \S.*\.\n*$/);
  });

  test('every code can be answered', () => {
    const text = sources(path.join(projectRoot, 'src'));
    // Some are put together from a resource's state.
    const isUsed = (code: string) => text.includes(`'${code}'`) || /^redemption_/.test(code);
    expect(codes.filter((code) => !isUsed(code))).toEqual([]);
  });
});
