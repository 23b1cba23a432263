import { Get, Query, Route, Security, Tags } from '@tsoa/runtime';
import type { Instant } from '../../engine/time/instant';
import type { Term } from '../../engine/vocabulary/resource';
import { type AuditAction, type AuditEntry, type AuditedType, listAuditLog } from '../../store/audit-log';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import type { Context } from '../context';

/** What was written by whom. */
@Route('v1/audit-log')
@Tags('Whole catalog')
@Security('bearer', ['admin', 'secret'])
export class AuditLogController {
  constructor(private readonly context: Context) {}

  /**
   * Who changed what and when, the newest first, with before and after: of a kind of resource, of one resource, of one
   * actor (the id of an API key, or `admin`), of one action, from an instant on and until before one.
   * @summary List changes
   */
  @Get()
  async listAuditLog(
    @Query() resourceType?: AuditedType,
    @Query() resourceId?: Term,
    @Query() actor?: Term,
    @Query() action?: AuditAction,
    @Query() from?: Instant,
    @Query() to?: Instant,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<AuditEntry>> {
    const { db, providerId } = this.context;
    const filter = { resourceType, resourceId, actor, action, from, to };
    return page(limit, cursor, (slice) => listAuditLog(db, providerId, filter, slice));
  }
}
