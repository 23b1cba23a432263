import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** The proxies whose `X-Forwarded-For` is trusted: this many in a row, or those in these subnets. */
export type TrustedProxies = number | readonly string[];

/** Determines a client's address from its connection and `X-Forwarded-For`. */
export type AddressReader = (peer: string | undefined, forwarded: string | undefined) => string;

/** Makes the reader for what is configured. */
export function addressReader(trusted: TrustedProxies = 0): AddressReader {
  const trusts = typeof trusted === 'number' ? (_address: string, hop: number) => hop < trusted : within(trusted);
  return (peer = '', forwarded) => {
    let address = plain(peer);
    if (trusted === 0 || forwarded === undefined) return bucketOf(address);
    // The nearest proxy wrote the last entry; anything before the first untrusted address may be forged.
    for (let hop = 0, end = forwarded.length; end > 0 && trusts(address, hop); hop++) {
      const comma = forwarded.lastIndexOf(',', end - 1);
      const next = plain(forwarded.slice(comma + 1, end));
      if (isIP(next) === 0) break;
      address = next;
      end = comma;
    }
    return bucketOf(address);
  };
}

/** Finds what is wrong with a subnet; absent: nothing. */
export function subnetProblem(text: string): string | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  const isBad =
    most === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  return isBad ? `"${text}" is no address and no subnet` : undefined;
}

function within(subnets: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Returns an IPv4 address as it is, also where the connection is an IPv6 one. */
function plain(address: string): string {
  const text = address.trim();
  if (!text.includes(':')) return text;
  return plainIpv6(text.toLowerCase());
}

function plainIpv6(text: string): string {
  return text.startsWith('::ffff:') && isIPv4(text.slice(7)) ? text.slice(7) : text;
}

/** Keeps the first 64 bits of an IPv6 address, because every household has more addresses than can be counted. */
function bucketOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === '' ? [] : tail.split(':');
  while (groups.length + last.length < 8) groups.push('0');
  return [...groups, ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
