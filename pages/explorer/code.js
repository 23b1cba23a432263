// The request as it would be sent from a shell, and from code.
import { h, section } from './dom.js';

/** Both, with a button to copy each; the key is left out of them. */
export function code(body) {
  const text = JSON.stringify(body, null, 2);
  const curl = `curl -s ${location.origin}/v1/quote -H "Authorization: Bearer $KEY" \\
  -H 'Content-Type: application/json' --data-binary @- <<'END'
${text}
END`;
  const client = `import { createOfferbook } from '@offerbook/client';

const offerbook = createOfferbook({ baseUrl: '${location.origin}', key: process.env.KEY ?? '' });
const quote = await offerbook.quote(${text});
console.log(quote.totals.total);`;
  return section('As code', copyable('curl', curl), copyable('Client', client));
}

/** The answer as it came. */
export function raw(quote) {
  return section('Answer', copyable('JSON', JSON.stringify(quote, null, 2)));
}

function copyable(title, text) {
  const button = h('button', { type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  });
  return h('details', {}, h('summary', {}, title), button, h('pre', { tabindex: '0' }, text));
}
