import { RE2JS } from 're2js';
import type { Steps } from '../step-budget';

/** A pattern of RE2, which looks at each character of a text once. */
export interface Pattern {
  /** Returns whether it is found in a text. */
  isIn(text: string, steps: Steps): boolean;
}

/** The most instructions of a pattern: `x{1000}` has a thousand. */
const MOST_INSTRUCTIONS = 500;
/** What one instruction at one character may cost. */
const STEPS_PER_CHARACTER = 4;

/** Makes a pattern ready; what is wrong with it is the text of the error. */
export function compilePattern(source: string): Pattern {
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
