/** The servers that an address names. */
export interface Servers {
  /** One address each, in their order. */
  readonly addresses: readonly string[];
  /** Whether only one that takes writes will do. */
  readonly readWrite: boolean;
}

const PARTS = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]*)([^?]*)(?:\?(.*))?$/;

/**
 * Reads an address as libpq does: several hosts with ports (`h1:5432,h2:5433`, or `?host=` and `?port=` as lists), and
 * `target_session_attrs`; throws where it is none.
 */
export function serversOf(connectionString: string): Servers {
  const parts = PARTS.exec(connectionString);
  if (parts === null) throw new Error('must be a postgresql:// address');
  const [, begin = '', authority = '', path = '', query = ''] = parts;
  const parameters = new URLSearchParams(query);
  const attributes = parameters.get('target_session_attrs') ?? 'any';
  if (attributes !== 'any' && attributes !== 'read-write') {
    throw new Error('target_session_attrs must be any or read-write');
  }
  parameters.delete('target_session_attrs');
  const hosts = list(parameters, 'host');
  const addresses =
    hosts.length > 0
      ? hosts.map((host, index) => `${begin}${authority}${path}?${withHost(parameters, host, index)}`)
      : authority.split(',').map((host) => `${begin}${host}${path}${parameters.size > 0 ? `?${parameters}` : ''}`);
  for (const address of addresses) if (!URL.canParse(address)) throw new Error('must be a postgresql:// address');
  return { addresses, readWrite: attributes === 'read-write' };
}

/** Returns a parameter's entries; it is asked for once, with commas in between. */
function list(parameters: URLSearchParams, name: string): string[] {
  return parameters.get(name)?.split(',') ?? [];
}

/** One port is that of all hosts. */
function withHost(parameters: URLSearchParams, host: string, index: number): URLSearchParams {
  const single = new URLSearchParams(parameters);
  const ports = list(parameters, 'port');
  single.set('host', host);
  const port = ports[index] ?? ports[0];
  if (port !== undefined) single.set('port', port);
  return single;
}

/** Returns the servers and the database of an address, for people to read: without user and password. */
export function namedServers(connectionString: string): string {
  const urls = serversOf(connectionString).addresses.map((address) => new URL(address));
  const hosts = urls.map(({ host, searchParams }) => {
    const port = searchParams.get('port');
    return (searchParams.get('host') ?? host) + (port === null ? '' : `:${port}`);
  });
  const name = decodeURIComponent(urls[0]?.pathname.slice(1) ?? '');
  return `PostgreSQL at ${hosts.join(', ')}${name === '' ? '' : `, database ${name}`}`;
}
