// Shows the published document in Swagger UI. It gets the 3.0 rendering: its code for 3.1 takes seconds per operation.

/* global SwaggerUIBundle */

/** What every operation may answer in the same words; drawn for each of them again, they take most of its time. */
const SHORT = ['Unauthorized', 'Forbidden', 'NotAcceptable', 'BodyTooLarge', 'UnsupportedMediaType', 'InternalError'];

const spec = await (await fetch('/openapi-3.0.json')).json();
for (const name of SHORT) delete spec.components.responses[name]?.content;

const ui = SwaggerUIBundle({
  dom_id: '#swagger-ui',
  // As an object: a text would be read as YAML, which takes a while.
  spec,
  deepLinking: true,
  // What is drawn is drawn again whenever something is opened: the tags, and the operations of the first one.
  docExpansion: 'none',
  onComplete: () => ui.layoutActions.show(['operations-tag', spec.tags[0].name], true),
  displayRequestDuration: true,
  filter: true,
  syntaxHighlight: { activated: false },
  // The key that was entered is forgotten with the page: the browser's storage is open to every later visitor.
  persistAuthorization: false,
  // Every schema is shown where it is used; the list of all of them is long and slow.
  defaultModelsExpandDepth: -1,
});

// The dialog for keys opens with the cursor in the field for the key.
new MutationObserver(() => {
  const field = document.querySelector('.dialog-ux input:not([data-found])');
  if (!field) return;
  field.dataset.found = '';
  field.focus();
}).observe(document.body, { childList: true, subtree: true });
