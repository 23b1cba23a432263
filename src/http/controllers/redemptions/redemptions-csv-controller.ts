import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Get, Produces, Query, Route, Security, Tags } from '@tsoa/runtime';
import type { Instant } from '../../../engine/time/instant';
import type { Id, Term } from '../../../engine/vocabulary/resource';
import type { RedemptionStatus } from '../../../store/redemptions/redemption-rows';
import { listRedemptions } from '../../../store/redemptions/redemptions';
import { csv } from '../../answers/csv';
import { type Redemption, toRedemption } from '../../answers/redemption';
import type { Context } from '../../context';

const COLUMNS = [
  'id',
  'orderId',
  'status',
  'createdAt',
  'currency',
  'subtotal',
  'discount',
  'total',
  'promoCodes',
  'promotions',
  'refunded',
] as const;

/** Redemptions as a table. */
@Route('v1/redemptions.csv')
@Tags('Redemptions')
@Security('bearer', ['admin', 'secret'])
export class RedemptionsCsvController {
  constructor(private readonly context: Context) {}

  /**
   * The list of redemptions with the same filters, streamed: one row an order, with its amounts, the codes and
   * promotions that applied, and what was paid back. A cell that a spreadsheet would take for a formula begins with `'`.
   * @summary Export redemptions as CSV
   */
  @Get()
  @Produces('text/csv')
  async exportRedemptions(
    @Query() promotionId?: Id,
    @Query() promoCode?: Term,
    @Query() customerId?: Term,
    @Query() orderId?: Term,
    @Query() status?: RedemptionStatus,
    @Query() from?: Instant,
    @Query() to?: Instant,
  ): Promise<string> {
    const { db, providerId, response } = this.context;
    const filter = { promotionId, promoCode, customerId, orderId, status, from, to };
    const lines = csv(
      COLUMNS,
      async (slice) => (await listRedemptions(db, providerId, filter, slice)).map(toRedemption),
      cellsOf,
    );
    response.type('text/csv').attachment('redemptions.csv');
    await pipeline(Readable.from(lines), response);
    return '';
  }
}

function cellsOf({ id, orderId, status, createdAt, quote, returned }: Redemption): string[] {
  const { subtotal, discount, total } = quote.totals;
  const codes = quote.promoCodes.filter((code) => code.status === 'applied').map(({ code }) => code);
  const promotions = new Set(quote.discounts.flatMap(({ promotionId }) => promotionId ?? []));
  return [
    id,
    orderId,
    status,
    createdAt,
    quote.currency,
    subtotal,
    discount,
    total,
    codes.join(' '),
    [...promotions].join(' '),
    returned?.total ?? '',
  ];
}
