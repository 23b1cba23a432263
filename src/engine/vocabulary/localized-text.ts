/**
 * A BCP 47 language tag, such as `en` or `de-AT`.
 * @format bcp47
 * @maxLength 35
 */
export type Language = string;

/** One text per BCP 47 language, at least one: `{ "en": "…", "ru": "…" }`. */
export type LocalizedText = { [language: string]: LocalizedString };

/**
 * A text in one language, 1–10,000 characters.
 * @minLength 1
 * @maxLength 10000
 */
export type LocalizedString = string;

/** Returns the languages to try, in this order: the wanted tag, its primary subtag, then the provider's default. */
export function languageOrder(wanted: Language | undefined, fallback: Language): readonly string[] {
  return [...(wanted === undefined ? [] : [wanted.toLowerCase(), primarySubtag(wanted)]), fallback.toLowerCase()];
}

/** Returns the text of the first language in `order` that has one, else the alphabetically first. */
export function pickText<T>(
  texts: { readonly [language: string]: T } | undefined,
  order: readonly string[],
): T | undefined {
  if (texts === undefined) return undefined;
  const tags = Object.keys(texts).sort();
  const found = order
    .map((language) => tags.find((tag) => tag.toLowerCase() === language))
    .find((tag) => tag !== undefined);
  const tag = found ?? tags[0];
  return tag === undefined ? undefined : texts[tag];
}

/** Returns the primary subtag of a language tag, in lower case: `de` of `de-AT`. */
export function primarySubtag(language: Language): string {
  return (language.split('-')[0] ?? language).toLowerCase();
}
