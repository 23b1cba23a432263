import { isCurrency } from '../../engine/money/money';
import { LAST_INSTANT } from '../../engine/time/instant';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const FIRST_DATE = '1970-01-01';
const FIRST_INSTANT = Date.parse(FIRST_DATE);

/** The string formats of the published schema that ajv does not know, or reads more loosely than the contract. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'iso-4217': isCurrency,
  bcp47: isLanguageTag,
  'iana-time-zone': isTimeZone,
  'date-time': isInstant,
  date: (text) => isDate(text) && text >= FIRST_DATE,
};

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isInstant(text: string): boolean {
  const date = DATE_TIME.exec(text)?.[1];
  if (date === undefined || !isDate(date)) return false;
  const ms = Date.parse(text);
  return ms >= FIRST_INSTANT && ms <= LAST_INSTANT;
}

function isLanguageTag(text: string): boolean {
  return LANGUAGE_TAG.test(text) && doesNotThrow(() => Intl.getCanonicalLocales(text));
}

function isTimeZone(text: string): boolean {
  // Intl also takes offsets such as +01:00, which know no daylight saving time.
  return /^[A-Za-z]/.test(text) && doesNotThrow(() => new Intl.DateTimeFormat('en', { timeZone: text }));
}

function doesNotThrow(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
