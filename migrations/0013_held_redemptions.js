const up = `
create index redemptions_held on redemptions (provider_id, expires_at) where status = 'held';
comment on index redemptions_held is 'The holds whose time may be over: few, and looked at by every quote that depends on uses.';
`;

const down = `
drop index redemptions_held;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
