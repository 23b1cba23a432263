const up = `
alter table rule_documents add column filed text;
comment on column rule_documents.filed is 'Of a promotion, a discount or a related product as JSON: by which keys of a cart it is found, so that a process need not read those that no cart meets.';
`;

const down = `
alter table rule_documents drop column filed;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
