import { Get, Query, Route, Security, Tags } from '@tsoa/runtime';
import { type LintItem, lintItems } from '../../../services/linting/lint';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import type { Context } from '../../context';

/** Likely mistakes in the rules of a provider. */
@Route('v1/lint')
@Tags('Whole catalog')
@Security('bearer', ['admin', 'secret'])
export class LintController {
  constructor(private readonly context: Context) {}

  /**
   * What the answers to writes have as `warnings`, of all rules and codes that are not archived; `docs/lint.md` explains
   * each code.
   * @summary List likely mistakes
   */
  @Get()
  async listLint(@Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<LintItem>> {
    const { db, providerId, services } = this.context;
    const rulebook = await services.rulebooks.current(db, providerId);
    const { items, nextCursor } = await page(limit, cursor, (slice) => lintItems(db, rulebook, slice));
    return { items: items.map(({ item }) => item), ...(nextCursor !== undefined && { nextCursor }) };
  }
}
