const up = `
create table idempotency_keys (
  provider_id text collate "C" not null default '',
  path text not null,
  key text not null check (key <> ''),
  request_hash text not null,
  status integer check (status between 100 and 499),
  headers jsonb not null default '{}' check (jsonb_typeof(headers) = 'object'),
  body text,
  created_at timestamptz not null default now(),
  primary key (provider_id, path, key),
  constraint idempotency_keys_whole_answer check ((status is null) = (body is null))
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
comment on table idempotency_keys is 'Answers to POST requests, repeated byte for byte to who sends the same key and body again within a day.';
comment on column idempotency_keys.provider_id is 'The provider; empty for paths that belong to none.';
comment on column idempotency_keys.path is 'The path of the request.';
comment on column idempotency_keys.key is 'The Idempotency-Key.';
comment on column idempotency_keys.request_hash is 'Hash of the body, to refuse another body under the same key.';
comment on column idempotency_keys.status is 'The status of the answer; a 5xx is never kept; null only inside the transaction that is making it.';
comment on column idempotency_keys.headers is 'Headers of the answer, such as Location and ETag.';
comment on column idempotency_keys.body is 'The body of the answer; null only inside the transaction that is making it.';
comment on column idempotency_keys.created_at is 'When the answer was given; it counts for 24 hours.';
`;

const down = `
drop table idempotency_keys;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
