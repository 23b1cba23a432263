import { Body, Post, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Forecast, ForecastRequest } from '../../../engine/forecast/answer';
import { RequestRefused } from '../../../engine/vocabulary/problem';
import { STALE_HEADER } from '../../../services/headers';
import { answerForecast } from '../../../services/quoting/forecasts';
import { invalid } from '../../answers/problem';
import type { Context } from '../../context';

/** A year of months is as far as a shop page looks ahead. */
const MOST_STOREFRONT_PAYMENTS = 12;

/** What will be paid when. */
@Route('v1/forecast')
@Tags('Quotes')
@Security('bearer', ['admin', 'secret', 'publishable'])
export class ForecastController {
  constructor(private readonly context: Context) {}

  /**
   * The quote of a cart, and what its lines will cost when they renew: at which instants, after which discounts, and what
   * changes against the payment before. Nothing is written. A publishable key may ask for 12 payments, and may not send
   * `at`, `draft`, `redemptionId` or `explain: "all"`.
   * @summary Forecast the renewals of a cart
   */
  @Post()
  @SuccessResponse(200)
  async forecast(@Body() body: ForecastRequest): Promise<Forecast> {
    if (this.context.kind === 'publishable' && body.payments > MOST_STOREFRONT_PAYMENTS) {
      const detail = `must be <= ${MOST_STOREFRONT_PAYMENTS} with a publishable key`;
      throw invalid([{ pointer: '/payments', code: 'maximum', detail }]);
    }
    const { forecast, stale } = await answerForecast(this.context, body).catch(pointAtQuote);
    if (stale) this.context.response.setHeader(STALE_HEADER, 'true');
    return forecast;
  }
}

/** What is no part of the cart. */
const OWN = /^\/headers\/|^\/payments$/;

/** What is wrong with the cart is wrong with a member of this body. */
function pointAtQuote(error: unknown): never {
  if (!(error instanceof RequestRefused)) throw error;
  const inQuote = (pointer: string) => (OWN.test(pointer) ? pointer : `/quote${pointer}`);
  throw new RequestRefused(
    error.code,
    error.errors.map((one) => ({ ...one, pointer: inQuote(one.pointer) })),
  );
}
