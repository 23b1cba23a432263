// Shows whether the service can answer, and a first request with this service's address.

const state = document.getElementById('state');
const { ok } = await fetch('/ready').catch(() => ({ ok: false }));
state.textContent = ok ? 'ready' : 'cannot answer quotes at the moment';
state.className = ok ? 'good' : 'bad';

document.getElementById('first').textContent =
  `curl -s ${location.origin}/v1/quote -H 'Authorization: Bearer ob_pub_…' \\
  -H 'Content-Type: application/json' \\
  -d '{"currency":"EUR","lines":[{"id":"a","serviceType":"web-hosting","unitPrice":"14.50"}]}'`;
