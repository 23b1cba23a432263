import type { MoneySum } from '../money/money';
import type { Term } from '../vocabulary/resource';

/** Units of a line that come back. */
export interface LineToReturn {
  /** The line, as the order named it. */
  lineId: Term;
  /**
   * How many of its units come back.
   * @isLong
   * @minimum 1
   * @maximum 1000000000
   */
  quantity: number;
}

/** What comes back of an order. */
export interface ReturnRequest {
  /**
   * The lines, each at most once.
   * @maxItems 500
   */
  lines: LineToReturn[];
  /**
   * Whether the setup fees of these lines are paid back as well; where no line is named, all that are left of the order.
   * @default false
   */
  setup?: boolean;
}

/** What is paid back for a line. */
export interface RefundedLine {
  /** The line. */
  lineId: Term;
  /**
   * How many units came back; 0: its setup fee alone.
   * @isLong
   * @minimum 0
   */
  quantity: number;
  /** What is paid back, the setup fee included. */
  amount: MoneySum;
  /** The setup fee in it; absent: it was not asked for. */
  setup?: MoneySum;
}

/** What is paid back. */
export interface Refund {
  /** The sum of the lines. */
  total: MoneySum;
  /**
   * The lines.
   * @maxItems 500
   */
  lines: RefundedLine[];
}
