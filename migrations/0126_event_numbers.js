const up = `
create function event_number() returns bigint language sql volatile as $$
  select nextval('events_written_seq')
$$;
comment on function event_number() is 'The next number in the order in which events are written; where tables lie on several servers, it is made otherwise.';
`;

const down = `
drop function event_number();
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
