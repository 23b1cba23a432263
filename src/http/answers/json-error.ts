/**
 * One token of JSON after blanks: a text, a number, a word or a sign. Nothing is repeated within what is repeated: a text
 * without an end would be tried in as many ways as it can be cut into pieces.
 */
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none in a text.
  /[ \t\r\n]*(?:("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/y;
const BLANKS = /[ \t\r\n]*/y;

/** What may come next. */
type Expected =
  | 'a value'
  | 'a value or "]"'
  | 'a name'
  | 'a name or "}"'
  | '":"'
  | '"," or "}"'
  | '"," or "]"'
  | 'the end';

/** Reports where a text ceases to be JSON, and what was expected there: `line 3, column 7: expected "," or "}"`. */
export function jsonError(text: string): string {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'a value';
  for (let at = 0; ; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    const next: Expected | null | undefined = token && after(token, expected, open);
    if (!next) return place(text, at, expected);
    expected = next;
    at = TOKEN.lastIndex;
  }
}

/** Returns what may come after a token; undefined where it was not expected. */
function after([, string, scalar, sign]: RegExpExecArray, expected: Expected, open: string[]): Expected | undefined {
  const takesValue = expected === 'a value' || expected === 'a value or "]"';
  if (string !== undefined && expected.startsWith('a name')) return '":"';
  if (string !== undefined || scalar !== undefined) return takesValue ? afterValue(open) : undefined;
  if (sign === ':') return expected === '":"' ? 'a value' : undefined;
  if (sign === ',') return expected.startsWith('","') ? (open.at(-1) === '{' ? 'a name' : 'a value') : undefined;
  if (sign === '{' || sign === '[') {
    if (takesValue) open.push(sign);
    return takesValue ? (sign === '{' ? 'a name or "}"' : 'a value or "]"') : undefined;
  }
  if (!expected.endsWith(`"${sign}"`)) return undefined;
  open.pop();
  return afterValue(open);
}

function afterValue(open: readonly string[]): Expected {
  if (open.length === 0) return 'the end';
  return open.at(-1) === '{' ? '"," or "}"' : '"," or "]"';
}

function place(text: string, from: number, expected: Expected): string {
  BLANKS.lastIndex = from;
  BLANKS.exec(text);
  const at = BLANKS.lastIndex;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const found = at >= text.length ? 'the text ends' : `found ${JSON.stringify(text.slice(at, at + 1))}`;
  return `line ${line}, column ${column}: expected ${expected}, ${found}`;
}
