/** What a grant keeps of its discount; the members of a discount on the wire, with their columns. */
const TERMS = `jsonb_strip_nulls(jsonb_build_object(
  'value', d.value, 'scope', d.scope, 'selector', d.selector, 'maxUnits', d.max_units, 'buy', d.buy,
  'charges', to_jsonb(d.charges), 'coverage', d.coverage
))`;

const up = `
alter table discounts
  add column payments integer check (payments between 1 and 1000),
  add column kept_for text check (kept_for in ('customer', 'service')),
  add column carry_over boolean;
comment on column discounts.payments is 'For how many payments a customer keeps it, the redeemed one included; null: any number.';
comment on column discounts.kept_for is 'Who keeps it; null: the customer.';
comment on column discounts.carry_over is 'Whether what a cart could not take stays with the customer as a balance.';

alter table grants drop constraint grants_window;
alter table grants
  alter column redemption_id drop not null,
  alter column ends_at drop not null,
  add column service_id text check (service_id <> ''),
  add column payments bigint check (payments >= 0),
  add column balance jsonb check (jsonb_typeof(balance) = 'object'),
  add column terms jsonb check (jsonb_typeof(terms) = 'object'),
  add column note text,
  add column revoked_at timestamptz,
  add column version integer not null default 1 check (version >= 1),
  add column created_at timestamptz not null default now(),
  add column updated_at timestamptz not null default now(),
  add constraint grants_window check (starts_at < ends_at),
  add constraint grants_provider foreign key (provider_id) references providers (id) on delete cascade;
create index grants_by_service on grants (provider_id, service_id, id) where service_id is not null;
update grants g set terms = ${TERMS}, revoked_at = case when r.status in ('cancelled', 'expired') then r.updated_at end,
  created_at = r.created_at, updated_at = r.created_at
from discounts d, redemptions r
where d.provider_id = g.provider_id and d.id = g.discount_id and r.provider_id = g.provider_id and r.id = g.redemption_id;
comment on table grants is 'Discounts that a customer keeps after redeeming them, or was given by hand.';
comment on column grants.redemption_id is 'The redemption that it came from; a cancelled or expired one voids it. Null: it was given by hand.';
comment on column grants.ends_at is 'Until before this instant; null: as long as something is left.';
comment on column grants.service_id is 'The only service that it is kept for; null: all of the customer''s.';
comment on column grants.payments is 'For how many payments it was given; how many were made is in usage_counters. Null: any number.';
comment on column grants.balance is 'The money that was given, decimal strings by currency; how much was spent is in usage_counters.';
comment on column grants.terms is 'What it takes off, as the discount was when it was redeemed; null: as the discount is now.';
comment on column grants.note is 'A note for the back office.';
comment on column grants.revoked_at is 'When it was taken back; null: it was not.';
comment on column grants.version is 'Counts the writes of this row; the ETag.';
comment on column grants.created_at is 'When the row was created.';
comment on column grants.updated_at is 'When the row was last written.';

alter table usage_counters drop constraint usage_counters_kind_check,
  add constraint usage_counters_kind_check
    check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget', 'grant'));
alter table redemption_uses drop constraint redemption_uses_kind_check,
  add constraint redemption_uses_kind_check
    check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget', 'grant'));
comment on column usage_counters.subject is 'Id of the promotion, global discount, promo code or grant.';
comment on column usage_counters.currency is 'The currency, for budgets and balances of grants; else empty.';
comment on column usage_counters.used is 'Uses of redemptions neither cancelled nor marked as expired, or money where there is a currency.';
comment on column redemption_uses.subject is 'Id of the promotion, global discount, promo code or grant.';
comment on column redemption_uses.currency is 'The currency, for budgets and balances of grants; else empty.';
comment on column redemption_uses.amount is 'One use, or the money where there is a currency.';

-- The service says what kinds there are; a list here would have to be written anew for each of them.
alter table audit_log drop constraint audit_log_resource_type_check,
  add constraint audit_log_resource_type_check check (resource_type ~ '^[a-z_]+$');
`;

// Grants that an older release cannot know (by hand, without an end, of a service, with payments or a balance) go.
const down = `
alter table audit_log disable trigger audit_log_stays;
delete from audit_log where resource_type = 'grant';
alter table audit_log enable trigger audit_log_stays;
alter table audit_log drop constraint audit_log_resource_type_check,
  add constraint audit_log_resource_type_check check (resource_type in ('provider', 'api_key', 'tag', 'plan', 'promotion',
    'promo_code', 'discount', 'related_product', 'upgrade_path'));
delete from redemption_uses where kind = 'grant';
delete from usage_counters where kind = 'grant';
alter table redemption_uses drop constraint redemption_uses_kind_check,
  add constraint redemption_uses_kind_check check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget'));
alter table usage_counters drop constraint usage_counters_kind_check,
  add constraint usage_counters_kind_check check (kind in ('promotion', 'promotion_customer', 'code', 'code_customer', 'budget'));
comment on column usage_counters.subject is 'Id of the promotion, global discount or promo code.';
comment on column usage_counters.currency is 'The currency, for budgets; else empty.';
comment on column usage_counters.used is 'Uses of redemptions neither cancelled nor marked as expired, or money for budgets.';
comment on column redemption_uses.subject is 'Id of the promotion, global discount or promo code.';
comment on column redemption_uses.currency is 'The currency, for budgets; else empty.';
comment on column redemption_uses.amount is 'One use, or the money for budgets.';
delete from grants
where redemption_id is null or ends_at is null or service_id is not null or payments is not null or balance is not null
  or revoked_at is not null;
drop index grants_by_service;
alter table grants drop constraint grants_provider,
  drop column updated_at,
  drop column created_at,
  drop column version,
  drop column revoked_at,
  drop column note,
  drop column terms,
  drop column balance,
  drop column payments,
  drop column service_id,
  alter column ends_at set not null,
  alter column redemption_id set not null;
comment on table grants is 'Discounts that a customer keeps for a time after redeeming them.';
comment on column grants.redemption_id is 'The redemption that it came from; a cancelled or expired one voids it.';
comment on column grants.ends_at is 'Until before this instant.';
alter table discounts drop column carry_over, drop column kept_for, drop column payments;
`;

exports.up = (knex) => knex.raw(up);
exports.down = (knex) => knex.raw(down);
