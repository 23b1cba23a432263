/**
 * A part of the text, in upper or lower case.
 * @minLength 1
 * @maxLength 200
 */
export type SearchText = string;

/**
 * Whether only what is so, or only what is not.
 */
export type YesOrNo = boolean;
