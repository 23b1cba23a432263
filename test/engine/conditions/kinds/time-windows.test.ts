import type { TimeWindowCondition } from '../../../../src/engine/conditions/kinds/time-window';
import { judged } from '../../../support/builders';

/** Whether the window is open at each instant, in Berlin. */
function open(window: Omit<TimeWindowCondition, 'type'>, instants: readonly string[]): boolean[] {
  const rules = { timeZone: 'Europe/Berlin' };
  return instants.map((at) => judged({ type: 'time_window', ...window }, { at }, rules) === 'holds');
}

describe('a window of the day', () => {
  test('a window of the day is open from its first second until before its end', () => {
    expect(
      open({ from: '09:00', to: '17:00' }, [
        '2024-06-12T08:59:59+02:00',
        '2024-06-12T09:00:00+02:00',
        '2024-06-12T16:59:59+02:00',
        '2024-06-12T17:00:00+02:00',
      ]),
    ).toEqual([false, true, true, false]);
  });

  test('a window of the day may run over midnight', () => {
    expect(
      open({ from: '22:00', to: '06:00' }, [
        '2024-06-12T21:59:59+02:00',
        '2024-06-12T22:00:00+02:00',
        '2024-06-13T00:00:00+02:00',
        '2024-06-13T05:59:59+02:00',
        '2024-06-13T06:00:00+02:00',
      ]),
    ).toEqual([false, true, true, true, false]);
  });

  test('a window of the day without an end is open until midnight', () => {
    expect(
      open({ from: '18:00' }, [
        '2024-06-12T17:59:59+02:00',
        '2024-06-12T18:00:00+02:00',
        '2024-06-12T23:59:59+02:00',
        '2024-06-13T00:00:00+02:00',
      ]),
    ).toEqual([false, true, true, false]);
  });

  test('a window of the day without a beginning is open from midnight on', () => {
    expect(
      open({ to: '06:00' }, [
        '2024-06-11T23:59:59+02:00',
        '2024-06-12T00:00:00+02:00',
        '2024-06-12T05:59:59+02:00',
        '2024-06-12T06:00:00+02:00',
      ]),
    ).toEqual([false, true, true, false]);
  });
});

describe('a window of the week', () => {
  test("a window of the week is open on its days of the provider's calendar", () => {
    expect(
      open({ weekdays: ['sat', 'sun'] }, [
        '2024-06-14T21:59:59Z',
        '2024-06-14T22:00:00Z',
        '2024-06-16T21:59:59Z',
        '2024-06-16T22:00:00Z',
      ]),
    ).toEqual([false, true, true, false]);
  });

  test('a window of the week over midnight belongs to the day on which it opened', () => {
    expect(
      open({ weekdays: ['fri'], from: '22:00', to: '06:00' }, [
        '2024-06-14T05:00:00+02:00',
        '2024-06-14T23:00:00+02:00',
        '2024-06-15T05:00:00+02:00',
        '2024-06-15T23:00:00+02:00',
      ]),
    ).toEqual([false, true, true, false]);
  });

  test('a window of the week is closed where the condition is negated', () => {
    const sunday = ['2024-06-16T12:00:00+02:00', '2024-06-17T12:00:00+02:00'];
    expect(open({ weekdays: ['sun'], negate: true }, sunday)).toEqual([false, true]);
  });
});

describe('on the night the clocks go forward, a time between two and three', () => {
  test('on the night the clocks go forward, a time between two and three that opens a window moves forward to after three', () => {
    expect(
      open({ from: '02:30', to: '04:00' }, [
        '2024-03-31T03:29:59+02:00',
        '2024-03-31T03:30:00+02:00',
        '2024-03-31T03:59:59+02:00',
        '2024-03-31T04:00:00+02:00',
      ]),
    ).toEqual([false, true, true, false]);
  });

  test('on the night the clocks go forward, a time between two and three that closes a window moves forward as well', () => {
    expect(
      open({ from: '01:00', to: '02:30' }, [
        '2024-03-31T01:00:00+01:00',
        '2024-03-31T03:29:59+02:00',
        '2024-03-31T03:30:00+02:00',
      ]),
    ).toEqual([true, true, false]);
  });
});

describe('on the night the clocks go back, a time between two and three', () => {
  test('on the night the clocks go back, a time between two and three that opens a window is the earlier of the two', () => {
    expect(
      open({ from: '02:30', to: '04:00' }, [
        '2024-10-27T02:29:59+02:00',
        '2024-10-27T02:30:00+02:00',
        '2024-10-27T02:15:00+01:00',
        '2024-10-27T03:59:59+01:00',
        '2024-10-27T04:00:00+01:00',
      ]),
    ).toEqual([false, true, true, true, false]);
  });

  test('on the night the clocks go back, a time between two and three that closes a window is the earlier of the two as well', () => {
    expect(
      open({ from: '01:00', to: '02:30' }, [
        '2024-10-27T02:29:59+02:00',
        '2024-10-27T02:30:00+02:00',
        '2024-10-27T02:15:00+01:00',
      ]),
    ).toEqual([true, false, false]);
  });
});
