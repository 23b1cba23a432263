import type { Knex } from 'knex';
import { erasedQuote, erasedRequest } from '../../engine/quote/erased';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import { parseInstant } from '../../engine/time/instant';
import { type Author, recordChanges } from '../../store/audit-log';
import { lockDiscount, replaceDiscount } from '../../store/catalog/discounts';
import {
  type ErasedRedemption,
  eraseRedemptions,
  lockRedemptionsOf,
  type NamedRedemption,
} from '../../store/customers/erased-redemptions';
import {
  discountsFor,
  type ErasedCustomer,
  emptyAnswers,
  endGrants,
  eraseFromAuditLog,
  eraseFromDeliveries,
  eraseFromEvents,
  hashOwnersOfCodes,
  withoutCustomer,
} from '../../store/customers/erased-rows';
import { beginErasure, endErasure } from '../../store/customers/erasures';
import { hashCustomers } from '../../store/customers/hashed-customers';
import { retryContention } from '../../store/database/contention';
import { nodeOf } from '../../store/database/nodes';
import { cancelSimulationsNaming } from '../../store/simulations/simulations';
import { publishRules } from '../../store/whole-catalog/publish';
import { rulesWrittenBy } from '../../store/whole-catalog/whole-resources';
import { mostRuleBytes, type Services } from '../caller';
import { digestOf } from '../quoting/digest';

/** What erasing takes. */
export type ErasingServices = Pick<Services, 'largeWork' | 'rulebooks' | 'config'>;

/** Erases what names a customer everywhere; amounts and counts stay. */
export async function eraseCustomer(
  services: ErasingServices,
  customer: ErasedCustomer,
  author: Author,
): Promise<void> {
  await beginErasure(nodeOf(services.largeWork.db, customer.providerId), customer, author);
  await finishErasure(services, customer, author);
}

/**
 * Erases in small transactions, each of which leaves everything consistent: whoever ends in between is followed by
 * another one, who begins again and finds less to do.
 */
export async function finishErasure(
  services: ErasingServices,
  customer: ErasedCustomer,
  author: Author,
): Promise<void> {
  const { providerId, customerId } = customer;
  const db = nodeOf(services.largeWork.db, providerId);
  await inOne(db, (trx) => hashCustomers(trx, providerId, [customerId]));
  await inOne(db, (trx) => cancelSimulationsNaming(trx, customer));
  await inBatches(db, (trx) => endGrants(trx, customer));
  await inBatches(db, (trx) => eraseNextRedemptions(trx, customer));
  await inBatches(db, (trx) => hashOwnersOfCodes(trx, customer));
  for (const discountId of await discountsFor(db, customer))
    await forgetRecipient(services, customer, discountId, author);
  await overAll(db, '', (trx, after) => eraseFromAuditLog(trx, customer, after));
  await overAll(db, '0', (trx, after) => eraseFromEvents(trx, customer, after));
  await overAll(db, '', (trx, after) => eraseFromDeliveries(trx, customer, after));
  await inBatches(db, (trx) => emptyAnswers(trx, customer));
  await inOne(db, async (trx) => {
    const hash = await endErasure(trx, customer);
    // Somebody else was at it too, and has said so.
    if (hash === undefined) return;
    await recordChanges(trx, providerId, author, [{ action: 'remove', resourceType: 'customer', resourceId: hash }]);
  });
}

/** Returns what is left of redemptions once nothing names their customers. */
export function erasedRedemptions(providerId: string, rows: readonly NamedRedemption[]): ErasedRedemption[] {
  return rows.map(({ id, request: named, quote: text }) => {
    const request = erasedRequest(named);
    const quote = JSON.parse(text);
    const at = quote.at === undefined ? 0 : parseInstant(quote.at);
    const digest = digestOf(providerId, quote.catalogVersion ?? 0, at, JSON.stringify(request satisfies QuoteRequest));
    return { id, request, quote: erasedQuote(quote, digest) };
  });
}

async function eraseNextRedemptions(
  trx: Knex.Transaction,
  { providerId, customerId }: ErasedCustomer,
): Promise<boolean> {
  const rows = await lockRedemptionsOf(trx, providerId, customerId);
  if (rows.length > 0) await eraseRedemptions(trx, providerId, erasedRedemptions(providerId, rows));
  return rows.length > 0;
}

/** Takes a customer off the list of those whom a discount is for; with nobody left on it, it is for nobody. */
async function forgetRecipient(
  services: ErasingServices,
  { providerId, customerId }: ErasedCustomer,
  discountId: string,
  author: Author,
): Promise<void> {
  const db = nodeOf(services.largeWork.db, providerId);
  const published = await inOne(db, async (trx) => {
    const stored = await lockDiscount(trx, providerId, { id: discountId });
    if (stored === undefined) return undefined;
    const input = withoutCustomer(stored, customerId) as typeof stored;
    const after = await replaceDiscount(trx, providerId, stored, input, author.at);
    const changes = [
      { action: 'patch', resourceType: 'discount', resourceId: discountId, before: input, after },
    ] as const;
    await recordChanges(trx, providerId, author, changes);
    return publishRules(trx, providerId, rulesWrittenBy(changes), mostRuleBytes(services));
  });
  if (published !== undefined) await services.rulebooks.afterWrite(db, providerId, published);
}

function inOne<T>(db: Knex, effect: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return retryContention(() => db.transaction(effect));
}

/** Repeats a transaction for as long as it leaves something to do. */
async function inBatches(db: Knex, effect: (trx: Knex.Transaction) => Promise<boolean>): Promise<void> {
  while (await inOne(db, effect));
}

/** Goes over a table, in a transaction for each part, from one place to the next. */
async function overAll(
  db: Knex,
  first: string,
  effect: (trx: Knex.Transaction, after: string) => Promise<string | undefined>,
): Promise<void> {
  let place: string | undefined = first;
  while (place !== undefined) {
    const after: string = place;
    place = await inOne(db, (trx) => effect(trx, after));
  }
}
