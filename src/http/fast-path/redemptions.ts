import type { ServerResponse } from 'node:http';
import type { Caller } from '../../services/caller';
import { type RedemptionInput, redeem } from '../../services/redeeming/redeem';
import type { RedemptionRow } from '../../store/redemptions/redemption-rows';
import { endWith, JSON_TYPE, sized } from '../answers/answer';
import { redemptionText } from '../answers/redemption';
import { rateHeaders } from '../middleware/rate-limit';
import { REQUEST_ID_HEADER } from '../middleware/request-id';
import { securityHeaders } from '../middleware/security-headers';
import type { QuickOperation } from './plain';

const PATH = '/v1/redemptions';
const ALWAYS_FLAT = securityHeaders.flat();

/** Answers plain `POST /v1/redemptions` requests; one with an Idempotency-Key has a transaction, which the app begins. */
export const quickRedemptions: QuickOperation<RedemptionInput> = {
  path: PATH,
  permission: { kinds: ['admin', 'secret'], scope: 'redemptions' },
  schema: 'RedemptionInput',
  headers: securityHeaders,
  isForApp: ({ headers }) => headers['idempotency-key'] !== undefined,
  answer: async (caller, input, reply) => sendRedemption(caller, reply, await redeem(caller, input)),
};

function sendRedemption(caller: Caller, reply: ServerResponse, row: RedemptionRow): void {
  const { text, length } = sized(redemptionText(row));
  const headers = [REQUEST_ID_HEADER, caller.requestId, ...ALWAYS_FLAT];
  if (caller.standing !== undefined) headers.push(...rateHeaders(caller.standing));
  headers.push('Location', `${PATH}/${encodeURIComponent(row.id)}`, 'ETag', `"${row.version}"`);
  headers.push('Content-Type', JSON_TYPE, 'Content-Length', String(length));
  reply.writeHead(201, headers);
  endWith(reply, text, length);
}
