const up = `
create table customer_keys (
  provider_id text collate "C" primary key references providers (id) on delete cascade,
  key bytea not null default sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
    check (length(key) = 32),
  version integer not null default 1 check (version >= 1)
);
comment on table customer_keys is 'How the ids of a provider''s customers are hashed, so that limits hold for one whose id must not be kept.';
comment on column customer_keys.provider_id is 'The provider.';
comment on column customer_keys.key is 'The secret of the hash sha256(key || sha256(key || id)); without it nobody can tell whose a hash is.';
comment on column customer_keys.version is 'Counts the times that customers'' uses went over to hashes, so that a redemption that was judged before is judged again.';
insert into customer_keys (provider_id) select id from providers;

create function make_customer_key() returns trigger language plpgsql as $$
begin
  insert into customer_keys (provider_id) values (new.id);
  return null;
end $$;
comment on function make_customer_key() is 'Gives a new provider its key, whatever release makes it.';
create trigger make_customer_key after insert on providers for each row execute function make_customer_key();

create table hashed_customers (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  customer_hash text collate "C" not null check (length(customer_hash) = 64),
  primary key (provider_id, customer_hash)
);
comment on table hashed_customers is 'Customers whose uses are counted under the hash of their id, now and in future: their redemptions, or old ones of them, were erased.';
comment on column hashed_customers.provider_id is 'The provider.';
comment on column hashed_customers.customer_hash is 'The hash of the customer''s id.';

create table customer_erasures (
  provider_id text collate "C" not null references providers (id) on delete cascade,
  customer_id text not null check (customer_id <> ''),
  requested_at timestamptz not null default now(),
  actor text collate "C" not null check (actor <> ''),
  key_kind text not null check (key_kind in ('admin', 'secret')),
  request_id text not null,
  primary key (provider_id, customer_id)
);
comment on table customer_erasures is 'Customers who are being erased: a row goes when nothing names the customer any more; what a crash left behind is finished by whoever finds it.';
comment on column customer_erasures.provider_id is 'The provider.';
comment on column customer_erasures.customer_id is 'The customer.';
comment on column customer_erasures.requested_at is 'When it was asked for.';
comment on column customer_erasures.actor is 'The id of the API key that asked, or admin.';
comment on column customer_erasures.key_kind is 'The kind of that key.';
comment on column customer_erasures.request_id is 'The id of the request.';

create index usage_counters_by_customer on usage_counters (provider_id, customer_id) where customer_id <> '';

alter table redemptions add column erased_at timestamptz;
comment on column redemptions.erased_at is 'When the customer was erased from it; null: it is as it was redeemed.';

alter table promo_codes add column customer_hash text collate "C" check (length(customer_hash) = 64);
comment on column promo_codes.customer_hash is 'The hash of the only customer who may use it, once the customer is erased; a customer_id comes first.';
create index promo_codes_by_customer on promo_codes (provider_id, customer_id, id) where customer_id is not null;

alter table idempotency_keys add column customer_id text check (customer_id <> '');
comment on column idempotency_keys.customer_id is 'The customer whom the answer is about; null: none, or an erased one, whose answer is empty.';
create index idempotency_keys_by_customer on idempotency_keys (provider_id, customer_id) where customer_id is not null;

create or replace function refuse_audit_log_change() returns trigger language plpgsql as $$
begin
  if current_setting('offerbook.erasing', true) = 'on' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  raise exception 'The audit log is only ever appended to.' using errcode = 'restrict_violation';
end $$;
comment on function refuse_audit_log_change() is 'Keeps history as it was written, but for what must be erased.';
`;

const down = `
alter table audit_log disable trigger audit_log_stays;
delete from audit_log where resource_type = 'customer';
alter table audit_log enable trigger audit_log_stays;
create or replace function refuse_audit_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is only ever appended to.' using errcode = 'restrict_violation';
end $$;
comment on function refuse_audit_log_change() is 'Keeps history as it was written.';
drop index idempotency_keys_by_customer;
alter table idempotency_keys drop column customer_id;
drop index promo_codes_by_customer;
alter table promo_codes drop column customer_hash;
alter table redemptions drop column erased_at;
drop index usage_counters_by_customer;
drop table customer_erasures;
drop table hashed_customers;
drop trigger make_customer_key on providers;
drop function make_customer_key();
drop table customer_keys;
`;

exports.up = (knex) => knex.raw(up);
// A personal code whose customer was erased must not become everybody's: an older release knows nothing of its hash.
exports.down = (knex) =>
  knex.raw(
    `update promo_codes set status = 'archived' where customer_hash is not null and customer_id is null; ${down}`,
  );
