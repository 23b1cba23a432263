import { RE2JS } from 're2js';
import type { Steps } from '../step-budget';

/** A pattern of RE2, which looks at each character of a text once. */
export interface Pattern {
  /** Returns whether it is found in a text. */
  isIn(text: string, steps: Steps): boolean;
}

/** The most instructions of a pattern: `x{1000}` has a thousand. */
const MOST_INSTRUCTIONS = 500;
/** Above this a pattern is not even compiled; more than any text that may be a pattern has without counted repetition. */
const MOST_COMPILED = 20_000;
/** What one instruction at one character may cost. */
const STEPS_PER_CHARACTER = 4;

/** Makes a pattern ready; what is wrong with it is the text of the error. */
export function compilePattern(source: string): Pattern {
  if (roughSize(source) > MOST_COMPILED) throw new Error('the pattern is too large');
  const pattern = RE2JS.compile(source);
  const size = pattern.programSize();
  if (size > MOST_INSTRUCTIONS) throw new Error('the pattern is too large');
  return {
    isIn(text, steps) {
      steps.take((text.length + 1) * size * STEPS_PER_CHARACTER);
      return pattern.matcher(text).find();
    },
  };
}

/** Quoted texts, escapes and classes, each of which counts as one; how groups open and close; counted repetition; anything else. */
const PARTS =
  /\\Q.*?(?:\\E|$)|\\[pPx]\{[^}]*(?:\}|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*(?:\]|$)|(\((?:\?(?:P?<[^>]*(?:>|$)|[a-zA-Z-]*:?))?)|(\))|\{(\d+)(?:,(\d*))?\}|./gsu;

/** Returns about how many instructions a pattern has: to compile `(x?){1000}`, two hundred times over, takes a second. */
function roughSize(source: string): number {
  /** Of the groups that are open, the outermost first. */
  const open = [0];
  let last = 0;
  for (const [, opens, closes, from, to] of source.matchAll(PARTS)) {
    if (opens !== undefined) {
      open.push(0);
      continue;
    }
    let size = 1;
    if (from !== undefined) {
      const times = Math.max(Number(from), Number(to ?? 0));
      size = last * times - last;
      last *= times;
    } else {
      // One `)` too many is refused by the compiler.
      if (closes !== undefined) size = open.length > 1 ? (open.pop() as number) : 0;
      last = size;
    }
    open.push((open.pop() as number) + size);
  }
  return open.reduce((sum, size) => sum + size);
}
