import { addressReader, subnetProblem, type TrustedProxies } from '../../../src/services/limits/client-address';

test.each<[string, TrustedProxies | undefined, string, string | undefined, string]>([
  ['nobody is trusted', undefined, '10.0.0.1', '203.0.113.9', '10.0.0.1'],
  ['nobody sent anything', 1, '10.0.0.1', undefined, '10.0.0.1'],
  ['one proxy', 1, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['what the client claims before it is not believed', 1, '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['two proxies', 2, '10.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['more hops than entries', 5, '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['a proxy in a subnet', ['10.0.0.0/8'], '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['a chain of them', ['10.0.0.0/8'], '10.1.2.3', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['one that is not in it', ['10.0.0.0/8'], '192.0.2.1', '203.0.113.9', '192.0.2.1'],
  ['a single address', ['192.0.2.1'], '192.0.2.1', '203.0.113.9', '203.0.113.9'],
  ['an IPv4 address in an IPv6 connection', ['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['what is no address', 1, '10.0.0.1', 'unknown', '10.0.0.1'],
  ['an empty entry', 1, '10.0.0.1', '', '10.0.0.1'],
])('%s', (_name, trusted, peer, forwarded, address) => {
  expect(addressReader(trusted)(peer, forwarded)).toBe(address);
});

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::1', '2001:db8:1:2'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is one household with its whole network', (address, bucket) => {
  expect(addressReader()(address, undefined)).toBe(bucket);
});

test.each(['10.0.0.0/8', '10.0.0.1', '::1', 'fd00::/8'])('%s is a subnet', (text) => {
  expect(subnetProblem(text)).toBeUndefined();
});

test.each([
  '',
  'loopback',
  '10.0.0.0/33',
  '10.0.0/8',
  '::/129',
  '10.0.0.0/8/8',
  '10.0.0.0/x',
])('"%s" is none', (text) => {
  expect(subnetProblem(text)).toContain('is no address and no subnet');
});
