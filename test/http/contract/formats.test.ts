import { formats } from '../../../src/http/contract/formats';

const accepts = (format: string, text: string) => formats[format]?.(text);

describe('formats', () => {
  test.each([
    '2026-11-21T12:00:00Z',
    '2026-11-21T12:00:00.123456789+05:30',
    '2024-02-29T23:59:59-23:59',
    '2026-11-21t12:00:00z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:00:00-01:00',
  ])('%s is an instant', (text) => {
    expect(accepts('date-time', text)).toBe(true);
  });

  test.each([
    '2026-11-21',
    '2026-11-21T12:00:00',
    '2026-11-21 12:00:00Z',
    '2026-11-21T12:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T12:60:00Z',
    '2026-11-21T23:59:60Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-21T12:00:00+24:00',
    '2026-11-21T12:00:00+0100',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+12026-11-21T12:00:00Z',
    '',
  ])('%s is no instant', (text) => {
    expect(accepts('date-time', text)).toBe(false);
  });

  test.each([
    ['date', '2024-02-29', true],
    ['date', '2023-02-29', false],
    ['date', '2026-11-31', false],
    ['date', '26-11-21', false],
    ['date', '1970-01-01', true],
    ['date', '1969-12-31', false],
    ['iana-time-zone', 'Europe/Berlin', true],
    ['iana-time-zone', 'UTC', true],
    ['iana-time-zone', 'Mars/Olympus', false],
    ['iana-time-zone', '+01:00', false],
    ['iana-time-zone', '', false],
    ['bcp47', 'en', true],
    ['bcp47', 'de-AT', true],
    ['bcp47', 'zh-Hans-CN', true],
    ['bcp47', 'de_AT', false],
    ['bcp47', 'x', false],
    ['bcp47', 'en-', false],
    ['bcp47', 'en-a-a', false],
    ['iso-4217', 'EUR', true],
    ['iso-4217', 'KWD', true],
    ['iso-4217', 'eur', false],
    ['iso-4217', 'DEM', false],
    ['iso-4217', 'XXX', false],
  ])('%s: %s is %s', (format, text, expected) => {
    expect(accepts(format, text)).toBe(expected);
  });
});
