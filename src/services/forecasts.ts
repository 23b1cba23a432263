import type { Forecast, ForecastRequest } from '../engine/forecast/answer';
import { prepareForecast } from '../engine/forecast/forecast';
import { NO_FACTS } from '../engine/judging/facts';
import { parseInstant } from '../engine/time/instant';
import { loadFacts, needsNothing } from '../store/redemptions/facts';
import type { Caller } from './caller';
import { digestOf } from './digest';
import { ALL_CODES, limitGuesses } from './limits/code-guesses';
import { wantedVersion, withCleanDraft, withCodes } from './quotes';

/** A forecast as it is answered. */
export interface AnsweredForecast {
  forecast: Forecast;
  /** Whether the answer carries the stale header. */
  stale: boolean;
}

/** Foretells what the lines of a cart will cost when they renew, by the provider's rules as they are now; nothing is written. */
export async function answerForecast(
  caller: Caller,
  { quote: request, payments }: ForecastRequest,
): Promise<AnsweredForecast> {
  const { db, providerId, services } = caller;
  const at = request.at === undefined ? services.clock() : parseInstant(request.at);
  const { rulebook, stale } = await services.rulebooks.get(db, providerId, wantedVersion(caller));
  const prepared = prepareForecast({ quote: withCleanDraft(request), payments }, at, rulebook);
  const { needed } = prepared;
  const isSimple = needsNothing(needed);
  const guessed = isSimple ? ALL_CODES : await limitGuesses(caller, needed.codes);
  const facts = isSimple ? NO_FACTS : await loadFacts(db, providerId, withCodes(needed, guessed));
  guessed.noteKnown(facts.codes);
  const { quote, ...foretold } = prepared.evaluate(facts);
  quote.promoCodes = guessed.tell(quote.promoCodes);
  services.metrics.countQuote(quote.promoCodes, stale);
  const digest = digestOf(providerId, quote.catalogVersion, at, JSON.stringify(request));
  return { forecast: { quote: { ...quote, digest }, ...foretold }, stale };
}
