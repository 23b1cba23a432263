import type { Knex } from 'knex';
import type { GrantEvent } from './event';
import { grantFactsSql } from './facts';

/** Reports what became of a stored grant. */
export async function recordGrant(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
  type: GrantEvent['type'],
): Promise<void> {
  await trx.raw(
    `insert into events (provider_id, type, data)
     select provider_id, ?, ${grantFactsSql('g')} from grants g where provider_id = ? and id = ?`,
    [type, providerId, id],
  );
}
