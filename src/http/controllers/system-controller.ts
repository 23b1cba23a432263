import { Get, Route, Tags } from '@tsoa/runtime';
import { within } from '../../services/concurrency/within';
import { unavailable } from '../answers/problem';
import type { Context } from '../context';

const ANSWERS_WITHIN_MS = 2_000;

/** The state of the service. */
export interface State {
  /** Always `ok`; otherwise the answer is a problem. */
  status: 'ok';
}

/** For the operators of the service. */
@Route('')
@Tags('System')
export class SystemController {
  constructor(private readonly context: Context) {}

  /**
   * Answers while the process lives.
   * @summary Is the process alive?
   */
  @Get('health')
  async getHealth(): Promise<State> {
    return { status: 'ok' };
  }

  /**
   * Answers as long as the database does, and without it while there are providers whose quotes go on: if every process
   * left the load balancer with the database, nobody could be quoted.
   * @summary Can it answer quotes?
   */
  @Get('ready')
  async getReady(): Promise<State> {
    const { db, services } = this.context;
    const query = db.raw('select 1').then(
      () => true,
      () => false,
    );
    if (!services.rulebooks.canServeStale && !(await within(ANSWERS_WITHIN_MS, query)))
      throw unavailable('The database does not answer.');
    return { status: 'ok' };
  }
}
