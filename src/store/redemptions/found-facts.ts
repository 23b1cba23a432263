import type { CodeFact, Facts, FactsNeeded, GrantFact, Usage } from '../../engine/judging/facts';
import type { Amounts } from '../../engine/money/money';
import type { GrantTerms } from '../../engine/rulebook/terms';
import { formatInstant } from '../../engine/time/instant';
import { groupBy } from '../../engine/vocabulary/lists';
import type { Status } from '../../engine/vocabulary/resource';
import { withoutNulls } from '../database/rows';
import { amountsLeft } from './grant-amounts';

/** The result of the one statement; instants are milliseconds since the epoch, money is text. */
export interface Found {
  codes: CodeFound[];
  used: CounterFound[];
  grants: GrantFound[];
  customers: CustomerFound[];
  customersVersion: number | null;
  catalogVersion: number | null;
}

interface CounterFound {
  kind: string;
  subject: string;
  /** The name that a customer's uses are counted under; empty: those of all. */
  customer: string;
  currency: string;
  used: string;
}

interface CustomerFound {
  id: string;
  hash: string;
  countedAs: string;
}

interface CodeFound {
  code: string;
  id: string;
  promotionId: string;
  version: number;
  status: Status;
  startsAt: number | null;
  endsAt: number | null;
  maxRedemptions: number | null;
  maxRedemptionsPerCustomer: number | null;
  customerId: string | null;
  customerHash: string | null;
}

interface GrantFound {
  /** The customer's id, or its hash. */
  customer: string;
  id: string;
  version: number;
  discountId: string;
  serviceId: string | null;
  startsAt: number;
  endsAt: number | null;
  isRevoked: boolean;
  isByHand: boolean;
  payments: number | null;
  credit: Amounts | null;
  terms: GrantTerms | null;
  /** What was spent of it, by currency; without one: payments. */
  spent: { [currency: string]: string } | null;
}

/** Facts whose codes carry the version that they were read in. */
export interface StoredFacts extends Facts {
  codes: ReadonlyMap<string, CodeFact & { version: number }>;
  /** Under what name the customer's uses are counted, and the version of `customer_keys` that says so; absent: no customer. */
  counting?: { readonly customer: string; readonly version: number };
  /** The version of the rules at the same moment; absent where nothing had to be read. */
  catalogVersion?: number;
}

/** What was found, by what it is looked up with. */
export interface Lookup {
  readonly codes: ReadonlyMap<string, CodeFound>;
  readonly used: ReadonlyMap<string, readonly CounterFound[]>;
  readonly grants: ReadonlyMap<string, readonly GrantFound[]>;
  readonly customers: ReadonlyMap<string, CustomerFound>;
  readonly customersVersion: number | null;
  readonly catalogVersion: number | null;
}

/** Sorts what was found by what it is looked up with. */
export function lookupIn({ codes, used, grants, customers, ...found }: Found): Lookup {
  return {
    ...found,
    codes: new Map(codes.map((code) => [code.code, code])),
    used: groupBy(used, ({ subject, customer }) => key(subject, customer)),
    grants: groupBy(grants, ({ customer }) => customer),
    customers: new Map(customers.map((customer) => [customer.id, customer])),
  };
}

/** Returns the facts of one of the requests for which something was read. */
export function factsOf({ codes, rules, customerId }: FactsNeeded, found: Lookup): StoredFacts {
  const known = codes.flatMap((code) => found.codes.get(code) ?? []);
  const customer = customerId === undefined ? undefined : found.customers.get(customerId);
  const usedOf = (subject: string) =>
    ['', ...(customer ? [customer.countedAs] : [])].flatMap((name) => found.used.get(key(subject, name)) ?? []);
  const subjects = new Set([...rules, ...known.map(({ promotionId }) => promotionId)]);
  const usage = [...subjects].map((subject) => [subject, usedOf(subject)] as const);
  const owners = customer ? [customer.id, customer.hash] : [];
  const grants = owners.flatMap((name) => found.grants.get(name) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    codes: new Map(known.map((code) => [code.code, toCodeFact(code, usedOf(code.id), customer)])),
    usage: new Map(
      usage.filter(([, counters]) => counters.length > 0).map(([id, counters]) => [id, toUsage(counters)]),
    ),
    grants: grants.map(toGrantFact),
    redeeming: false,
    ...(customer && { counting: { customer: customer.countedAs, version: found.customersVersion ?? 0 } }),
    ...(found.catalogVersion !== null && { catalogVersion: found.catalogVersion }),
  };
}

function toCodeFact(
  { startsAt, endsAt, customerId, customerHash, ...code }: CodeFound,
  counters: readonly CounterFound[],
  customer: CustomerFound | undefined,
): CodeFact & { version: number } {
  const usedAs = (kind: string) => Number(counters.find((counter) => counter.kind === kind)?.used ?? 0);
  // The code of a customer who was erased is theirs alone still; nobody is named ''.
  const owner = customerHash === null ? null : customerHash === customer?.hash ? customer.id : '';
  return withoutNulls({
    ...code,
    customerId: customerId ?? owner,
    startsAt: startsAt === null ? null : formatInstant(startsAt),
    endsAt: endsAt === null ? null : formatInstant(endsAt),
    redemptions: usedAs('code'),
    customerRedemptions: usedAs('code_customer'),
  });
}

function toUsage(counters: readonly CounterFound[]): Usage {
  const usage = { total: 0, customer: 0, spent: {} as Record<string, string> };
  for (const { kind, currency, used } of counters) {
    if (kind === 'promotion') usage.total = Number(used);
    else if (kind === 'promotion_customer') usage.customer = Number(used);
    else usage.spent[currency] = used;
  }
  return usage;
}

function toGrantFact({ customer: _customer, spent, startsAt, endsAt, ...grant }: GrantFound): GrantFact {
  const { payments, credit } = grant;
  return withoutNulls({
    ...grant,
    startsAt: formatInstant(startsAt),
    endsAt: endsAt === null ? null : formatInstant(endsAt),
    paymentsLeft: payments && Math.max(0, payments - Number(spent?.[''] ?? 0)),
    balance: credit && amountsLeft(credit, spent ?? {}),
  });
}

function key(subject: string, customerId: string): string {
  return JSON.stringify([subject, customerId]);
}
