import { Delete, Get, Path, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { Term } from '../../engine/vocabulary/resource';
import { eraseCustomer } from '../../services/customers/erase-customer';
import { type CustomerUse, listUsesOf } from '../../store/customers/customer-uses';
import type { PageRequest } from '../../store/database/requests';
import { codesOfCustomer } from '../../store/promo-codes/promo-codes';
import { type Grant, listGrants } from '../../store/redemptions/grants';
import { type Cursor, type PageLimit, page } from '../answers/page';
import type { Context } from '../context';
import { authorOf } from '../writes/audit';

/** What is stored of a customer, a part of it. */
export interface CustomerRecord {
  /** The platform's id of the customer. */
  id: Term;
  /**
   * The discounts that the customer keeps or kept, oldest first.
   * @maxItems 200
   */
  grants: Grant[];
  /**
   * The codes that only this customer may use, oldest first.
   * @maxItems 200
   */
  promoCodes: PromoCode[];
  /**
   * How often the customer used what, by promotion, global discount and code.
   * @maxItems 200
   */
  uses: CustomerUse[];
  /** Where the next part of the lists begins; absent: this is the last. */
  nextCursor?: Cursor;
}

/** What the service knows of the platform's customers, and how it forgets them. */
@Route('v1/customers')
@Tags('Customers')
@Security('bearer', ['admin', 'secret'])
export class CustomersController {
  constructor(private readonly context: Context) {}

  /**
   * The customer's grants, codes and uses, of each list so many at a time; empty for one whom nothing names. The redemptions
   * are in `GET /v1/redemptions?customerId=`.
   * @summary Read what is stored of a customer
   */
  @Get('{id}')
  async getCustomer(@Path() id: Term, @Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<CustomerRecord> {
    const { db, providerId } = this.context;
    const lists: { [name: string]: (slice: PageRequest) => Promise<{ id: string }[]> } = {
      g: (slice) => listGrants(db, providerId, { customerId: id }, slice),
      p: (slice) => codesOfCustomer(db, providerId, id, slice),
      u: (slice) => listUsesOf(db, providerId, id, slice),
    };
    // One list after the other: ids are compared within a list, whose letter comes first.
    const all = await page(limit, cursor, async ({ limit: most, after = '' }) => {
      const found: { id: string; of: string; entry: object }[] = [];
      for (const [of, list] of Object.entries(lists)) {
        if (found.length >= most || after > `${of}~`) continue;
        const slice = { limit: most - found.length, ...(after.startsWith(of) && { after: after.slice(1) }) };
        found.push(...(await list(slice)).map((entry) => ({ id: `${of}${entry.id}`, of, entry })));
      }
      return found;
    });
    const listOf = (name: string) => all.items.filter(({ of }) => of === name).map(({ entry }) => entry);
    return {
      id,
      grants: listOf('g') as Grant[],
      promoCodes: listOf('p') as PromoCode[],
      uses: listOf('u') as CustomerUse[],
      ...(all.nextCursor !== undefined && { nextCursor: all.nextCursor }),
    };
  }

  /**
   * Erases what names the customer, in redemptions, grants, codes, lists of recipients, the audit log, events and recorded
   * answers, and keeps amounts and counts. Limits per customer go on under a keyed hash, personal codes work for nobody else,
   * and the customer's grants end. Safe to repeat; one that is interrupted is finished within minutes.
   * @summary Erase a customer
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Erased')
  async eraseCustomer(@Path() id: Term): Promise<void> {
    const { context } = this;
    await eraseCustomer(context.services, { providerId: context.providerId, customerId: id }, authorOf(context));
  }
}
