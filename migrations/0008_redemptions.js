const up = `
create table redemptions (
  provider_id text collate "C" not null references providers (id),
  id text collate "C" not null check (id <> ''),
  order_id text not null check (order_id <> ''),
  status text not null check (status in ('held', 'confirmed', 'cancelled', 'expired')),
  customer_id text check (customer_id <> ''),
  expires_at timestamptz,
  request_hash text not null,
  request jsonb not null,
  quote text not null,
  version integer not null default 1 check (version >= 1),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (provider_id, id),
  constraint redemptions_order_unique unique (provider_id, order_id),
  constraint redemptions_hold_ends check (status not in ('held', 'expired') or expires_at is not null)
);
create index redemptions_by_customer on redemptions (provider_id, customer_id, id) where customer_id is not null;
create index redemptions_by_status on redemptions (provider_id, status, expires_at);
comment on table redemptions is 'Orders that used promotions: the ledger that the counters must agree with.';
comment on column redemptions.provider_id is 'The provider.';
comment on column redemptions.id is 'Server-made id, sortable by creation.';
comment on column redemptions.order_id is 'The platform''s order; one redemption each.';
comment on column redemptions.status is 'A hold whose expires_at has passed is expired, whatever this still says.';
comment on column redemptions.customer_id is 'The customer, where the request names one.';
comment on column redemptions.expires_at is 'Until when the uses are held; null: never was a hold.';
comment on column redemptions.request_hash is 'Hash of the request, to tell a repetition from another request for the same order.';
comment on column redemptions.request is 'The request as sent.';
comment on column redemptions.quote is 'The answered quote, byte for byte.';
comment on column redemptions.version is 'Counts the writes of this row; the ETag.';
comment on column redemptions.created_at is 'When the row was created.';
comment on column redemptions.updated_at is 'When the row was last written.';

create table usage_counters (
  provider_id text collate "C" not null,
  kind text not null check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget')),
  subject text collate "C" not null,
  customer_id text not null default '',
  currency text not null default '',
  used numeric(30, 6) not null default 0 check (used >= 0),
  primary key (provider_id, kind, subject, customer_id, currency)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
comment on table usage_counters is 'How much of each limit is used; room is left in every page, so that a busy counter is updated in place.';
comment on column usage_counters.provider_id is 'The provider.';
comment on column usage_counters.kind is 'What is counted.';
comment on column usage_counters.subject is 'Id of the promotion, global discount or promo code.';
comment on column usage_counters.customer_id is 'The customer, for the per-customer kinds; else empty.';
comment on column usage_counters.currency is 'The currency, for budgets; else empty.';
comment on column usage_counters.used is 'Uses of redemptions neither cancelled nor marked as expired, or money for budgets.';

create table redemption_uses (
  provider_id text collate "C" not null,
  redemption_id text collate "C" not null,
  kind text not null check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget')),
  subject text collate "C" not null,
  customer_id text not null default '',
  currency text not null default '',
  amount numeric(30, 6) not null check (amount >= 0),
  primary key (provider_id, redemption_id, kind, subject, customer_id, currency),
  foreign key (provider_id, redemption_id) references redemptions (provider_id, id) on delete cascade
);
create index redemption_uses_by_subject on redemption_uses (provider_id, kind, subject, customer_id);
comment on table redemption_uses is 'What each redemption used of which limit.';
comment on column redemption_uses.provider_id is 'The provider.';
comment on column redemption_uses.redemption_id is 'The redemption.';
comment on column redemption_uses.kind is 'What is counted.';
comment on column redemption_uses.subject is 'Id of the promotion, global discount or promo code.';
comment on column redemption_uses.customer_id is 'The customer, for the per-customer kinds; else empty.';
comment on column redemption_uses.currency is 'The currency, for budgets; else empty.';
comment on column redemption_uses.amount is 'One use, or the money for budgets.';

create table grants (
  provider_id text collate "C" not null,
  id text collate "C" not null check (id <> ''),
  customer_id text not null check (customer_id <> ''),
  discount_id text collate "C" not null,
  redemption_id text collate "C" not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  primary key (provider_id, id),
  constraint grants_window check (starts_at < ends_at),
  foreign key (provider_id, redemption_id) references redemptions (provider_id, id) on delete cascade
);
create index grants_by_customer on grants (provider_id, customer_id, ends_at);
create index grants_by_redemption on grants (provider_id, redemption_id);
comment on table grants is 'Discounts that a customer keeps for a time after redeeming them.';
comment on column grants.provider_id is 'The provider.';
comment on column grants.id is 'Server-made id.';
comment on column grants.customer_id is 'The customer.';
comment on column grants.discount_id is 'The discount.';
comment on column grants.redemption_id is 'The redemption that it came from; a cancelled or expired one voids it.';
comment on column grants.starts_at is 'From this instant on.';
comment on column grants.ends_at is 'Until before this instant.';
`;

const down = `
drop table grants;
drop table redemption_uses;
drop table usage_counters;
drop table redemptions;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
