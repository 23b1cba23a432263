const up = `
alter table promotions add column advertise boolean not null default false;
comment on column promotions.advertise is 'Whether a quote may tell customers what they lack for it.';
`;

const down = `
alter table promotions drop column advertise;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
