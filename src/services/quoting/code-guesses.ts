import type { QuotedCode } from '../../engine/quote/answer';
import { normalizeCode } from '../../engine/vocabulary/code-form';
import type { Caller } from '../caller';

/** The codes of a request, as far as they may be looked up. */
export interface GuessedCodes {
  /** Whether a code may, in the form in which codes are compared. */
  readonly mayLookUp: (code: string) => boolean;
  /** Takes the codes that were found: they do not count as guesses. */
  noteKnown(known: ReadonlyMap<string, unknown>): void;
  /** Returns the codes of an answer; those that were not looked up say when they may be. */
  tell(codes: QuotedCode[]): QuotedCode[];
}

/** Where no code is kept back. */
export const ALL_CODES: GuessedCodes = {
  mayLookUp: () => true,
  noteKnown: () => undefined,
  tell: (codes) => codes,
};

/**
 * Settles which codes of a request are looked up. Whoever has a publishable key, so everybody, may try only so many unknown
 * ones; a platform's own server passes on what all its customers enter.
 */
export async function limitGuesses(caller: Caller, codes: readonly string[]): Promise<GuessedCodes> {
  const { kind, keyId, services } = caller;
  const { codeGuesses } = services.config;
  if (kind !== 'publishable' || codeGuesses === 0 || codes.length === 0) return ALL_CODES;
  const guesser = `${keyId} ${caller.address}`;
  const { allowed, retryAfter } = await services.tally.reserveGuesses(guesser, codes, codeGuesses);
  const refused = new Set(codes.slice(allowed));
  services.metrics.countRefusedGuesses(refused.size);
  return {
    mayLookUp: (code) => !refused.has(code),
    noteKnown(known) {
      if (known.size > 0) services.tally.releaseGuesses(guesser, [...known.keys()]);
    },
    tell: (quoted) =>
      refused.size === 0
        ? quoted
        : quoted.map((code) => (refused.has(normalizeCode(code.code)) ? { ...code, retryAfter } : code)),
  };
}
