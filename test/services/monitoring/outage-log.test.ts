import type { Logger } from 'pino';
import { OutageLog } from '../../../src/services/monitoring/outage-log';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what every request meets is one line a second and kind, and the next one tells how many it stands for', () => {
  const lines: object[] = [];
  const log = new OutageLog({ error: (line: object) => lines.push(line) } as unknown as Logger);
  const meet = (code: string, requestId: string) => log.report({ requestId, err: { code, message: code } }, 'Away');
  for (let n = 0; n < 100; n++) meet('ECONNREFUSED', `${n}`);
  meet('57P01', 'other');
  expect(lines).toMatchObject([{ requestId: '0', err: { code: 'ECONNREFUSED' } }, { requestId: 'other' }]);
  expect(lines[0]).not.toHaveProperty('andBefore');
  jest.advanceTimersByTime(1_000);
  meet('ECONNREFUSED', 'later');
  meet('ECONNREFUSED', 'and again');
  expect(lines.slice(2)).toMatchObject([{ requestId: 'later', andBefore: 99 }]);
});
