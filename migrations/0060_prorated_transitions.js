const kinds = (...more) =>
  [
    'immediately_with_invoice',
    'immediately_invoice_next_booking',
    'last_booking',
    'next_booking',
    'end_of_interval',
    ...more,
  ]
    .map((kind) => `'${kind}'`)
    .join(', ');

const allow = (list) => `
alter table upgrade_paths drop constraint upgrade_paths_transition_check;
alter table upgrade_paths add constraint upgrade_paths_transition_check check (transition in (${list}));
`;

exports.up = (knex) => knex.raw(allow(kinds('immediately_prorated')));
// An older release knows no prorated change; the nearest that it knows invoices the whole period.
exports.down = (knex) =>
  knex.raw(`
update upgrade_paths set transition = 'immediately_with_invoice' where transition = 'immediately_prorated';
${allow(kinds())}`);
