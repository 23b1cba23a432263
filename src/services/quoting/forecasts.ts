import type { Forecast, ForecastRequest } from '../../engine/forecast/answer';
import { prepareForecast } from '../../engine/forecast/forecast';
import { NO_FACTS } from '../../engine/judging/facts';
import { parseInstant } from '../../engine/time/instant';
import { needsNothing } from '../../store/redemptions/facts';
import type { Caller } from '../caller';
import { ALL_CODES, limitGuesses } from './code-guesses';
import { digestOf } from './digest';
import { believed, readFacts, shown, wantedVersion, withCleanDraft, withCodes } from './quotes';

/** A forecast as it is answered. */
export interface AnsweredForecast {
  forecast: Forecast;
  /** Whether the answer carries the stale header. */
  stale: boolean;
}

/** Foretells what the lines of a cart will cost when they renew, by the provider's rules as they are now; nothing is written. */
export async function answerForecast(
  caller: Caller,
  { quote: sent, payments }: ForecastRequest,
): Promise<AnsweredForecast> {
  const { db, providerId, services } = caller;
  const at = sent.at === undefined ? services.clock() : parseInstant(sent.at);
  const { rulebook, stale } = await services.rulebooks.get(db, providerId, wantedVersion(caller));
  const request = withCleanDraft(believed(caller, sent, rulebook));
  const prepared = prepareForecast({ quote: request, payments }, at, rulebook);
  const { needed } = prepared;
  const isSimple = needsNothing(needed);
  const guessed = isSimple ? ALL_CODES : await limitGuesses(caller, needed.codes);
  const facts = isSimple ? NO_FACTS : await readFacts(caller, withCodes(needed, guessed));
  guessed.noteKnown(facts.codes);
  const { quote, ...foretold } = prepared.evaluate(facts);
  shown(caller, quote);
  for (const { discounts } of foretold.forecast.flatMap(({ lines }) => lines))
    shown(caller, { discounts, declined: [] });
  quote.promoCodes = guessed.tell(quote.promoCodes);
  services.metrics.countQuote(quote, stale);
  const digest = digestOf(providerId, quote.catalogVersion, at, JSON.stringify(sent));
  return { forecast: { quote: { ...quote, digest }, ...foretold }, stale };
}
