import sanitize from 'sanitize-html';
import type { LocalizedText } from '../../engine/vocabulary/localized-text';

/** What a description may contain: plain text structure, links and pictures, nothing that runs, floats or loads frames. */
export const ALLOWED_HTML: Readonly<sanitize.IOptions> = {
  allowedTags: [
    ...['p', 'br', 'hr', 'div', 'span', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
    ...['b', 'strong', 'i', 'em', 'u', 's', 'small', 'sub', 'sup', 'mark', 'abbr'],
    ...['ul', 'ol', 'li', 'dl', 'dt', 'dd', 'table', 'caption', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td'],
    ...['a', 'img'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    th: ['colspan', 'rowspan', 'scope'],
    td: ['colspan', 'rowspan'],
    '*': ['lang', 'dir'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer' }) },
};

/** Returns the same text with everything that is not in `ALLOWED_HTML` removed, per language. */
export function sanitizedHtml(text: LocalizedText): LocalizedText {
  return Object.fromEntries(Object.entries(text).map(([language, html]) => [language, sanitize(html, ALLOWED_HTML)]));
}
