import { serversOf } from '../../../src/store/database/servers';

const ONE = 'postgresql://shop:p%40ss@db.example:5433/shop';

test.each([
  [ONE, [ONE], false],
  [`${ONE}?sslmode=require`, [`${ONE}?sslmode=require`], false],
  ['postgres://a,b/shop', ['postgres://a/shop', 'postgres://b/shop'], false],
  [
    'postgresql://u@h1:5530,h2:5531/db?target_session_attrs=read-write',
    ['postgresql://u@h1:5530/db', 'postgresql://u@h2:5531/db'],
    true,
  ],
  [
    'postgresql://[::1]:5432,h2/db?target_session_attrs=any',
    ['postgresql://[::1]:5432/db', 'postgresql://h2/db'],
    false,
  ],
  [
    'postgresql://u@localhost/db?host=/run/one,/run/two&port=5432,5433',
    [
      'postgresql://u@localhost/db?host=%2Frun%2Fone&port=5432',
      'postgresql://u@localhost/db?host=%2Frun%2Ftwo&port=5433',
    ],
    false,
  ],
  ['postgresql:///db?host=/run/one&port=5433', ['postgresql:///db?host=%2Frun%2Fone&port=5433'], false],
])('%s', (address, addresses, readWrite) => {
  expect(serversOf(address)).toEqual({ addresses, readWrite });
});

test.each([
  'mysql://h/db',
  'h1,h2',
  'postgresql://h1:port/db',
  'postgresql://h/db?target_session_attrs=standby',
])('%s is no address', (address) => {
  expect(() => serversOf(address)).toThrow(/must be/);
});
