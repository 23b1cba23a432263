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
  const tags = Object.keys(texts);
  for (const language of order) {
    const tag = firstOf(tags, (one) => one.toLowerCase() === language);
    if (tag !== undefined) return texts[tag];
  }
  const first = firstOf(tags, () => true);
  return first === undefined ? undefined : texts[first];
}

/** Returns the alphabetically first of the tags that are meant. */
function firstOf(tags: readonly string[], isMeant: (tag: string) => boolean): string | undefined {
  let first: string | undefined;
  for (const tag of tags) if ((first === undefined || tag < first) && isMeant(tag)) first = tag;
  return first;
}

/** Returns the primary subtag of a language tag, in lower case: `de` of `de-AT`. */
export function primarySubtag(language: Language): string {
  return (language.split('-')[0] ?? language).toLowerCase();
}
