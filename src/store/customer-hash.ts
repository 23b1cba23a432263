/**
 * Returns the hash of a customer's id, as SQL; `key` is a row of `customer_keys`. Keyed twice, so that a longer id
 * cannot be derived from a hash.
 */
export function hashOfCustomer(key: string, customerId: string): string {
  return `encode(sha256(${key}.key || sha256(${key}.key || convert_to(${customerId}, 'UTF8'))), 'hex')`;
}

/** Under what name uses of a provider count now that a row tells under the one of then: its own, or the hash that they went over to. */
export function countedCustomer(row: string, provider: string): string {
  return `case when ${row}.customer_id = '' then '' else coalesce((
    select known.customer_hash from customer_keys key
    join hashed_customers known on known.provider_id = key.provider_id
      and known.customer_hash = ${hashOfCustomer('key', `${row}.customer_id`)}
    where key.provider_id = ${provider} and known.provider_id = ${provider}
  ), ${row}.customer_id) end`;
}
