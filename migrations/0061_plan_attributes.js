const up = `
alter table plans add column attributes jsonb check (jsonb_typeof(attributes) = 'object');
comment on column plans.attributes is 'What else the platform knows of the plan, by name, for rules; null: nothing. Numbers of more digits than a double has are texts behind U+FDD0.';
`;

const down = `
alter table plans drop column attributes;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
