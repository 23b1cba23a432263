import { Get, Query, Route, Security, Tags } from '@tsoa/runtime';
import type { Currency, MoneySum } from '../../../engine/money/money';
import { type Instant, parseInstant } from '../../../engine/time/instant';
import { type LocalizedString, pickText } from '../../../engine/vocabulary/localized-text';
import type { Term } from '../../../engine/vocabulary/resource';
import { NotFound } from '../../../store/database/errors';
import { getProvider } from '../../../store/providers/providers';
import { type ReportKey, reportRedemptions } from '../../../store/reports/redemption-report';
import { invalid } from '../../answers/problem';
import type { Context } from '../../context';

/** A row of a report on redemptions. */
export interface RedemptionReportRow {
  /** The promotion's id, the code as stored, the local day, or the plan. */
  key: Term;
  /** The promotion's or plan's title in the provider's default language. */
  title?: LocalizedString;
  /**
   * Confirmed redemptions, those among them that were returned since.
   * @isLong
   */
  redemptions: number;
  /**
   * Cancelled redemptions, which count nowhere else.
   * @isLong
   */
  cancelled: number;
  /** Before discounts, of the whole orders; by plan, of its lines. */
  subtotal: MoneySum;
  /** What was taken off. */
  discount: MoneySum;
  /** What was left to pay. */
  total: MoneySum;
  /** What of it was paid back for what came back, whenever that was. */
  refunded: MoneySum;
}

/** What redemptions of a span of time brought. */
export interface RedemptionReport {
  /**
   * The largest totals first; days in their order.
   * @maxItems 10000
   */
  items: RedemptionReportRow[];
}

const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

/** What redemptions brought. */
@Route('v1/reports')
@Tags('Redemptions')
@Security('bearer', ['admin', 'secret'])
export class ReportsController {
  constructor(private readonly context: Context) {}

  /**
   * Adds up the redemptions created from `from` until before `to`, at most 366 days, in one currency: by promotion, promo
   * code, local day or plan. Holds count once they are confirmed.
   * @summary Report on redemptions
   */
  @Get('redemptions')
  async reportRedemptions(
    @Query() from: Instant,
    @Query() to: Instant,
    @Query() by: ReportKey,
    @Query() currency: Currency,
  ): Promise<RedemptionReport> {
    const { db, providerId } = this.context;
    checkSpan(from, to);
    const provider = await getProvider(db, providerId);
    if (provider === undefined) throw new NotFound();
    const { timeZone, defaultLanguage } = provider;
    const span = { from: new Date(from), to: new Date(to), currency, timeZone };
    const rows = await reportRedemptions(db, providerId, by, span);
    const items = rows.map(({ title, ...row }) => ({ ...row, title: pickText(title, [defaultLanguage]) }));
    return { items };
  }
}

function checkSpan(from: Instant, to: Instant): void {
  const ms = parseInstant(to) - parseInstant(from);
  if (ms >= 0 && ms <= MOST_DAYS * DAY_MS) return;
  const detail = ms < 0 ? 'is before from; it must be at or after it' : `is more than ${MOST_DAYS} days after from`;
  throw invalid([{ pointer: '/query/to', code: 'span', detail }]);
}
