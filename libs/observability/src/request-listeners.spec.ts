import { RequestListeners } from './request-listeners.js';
import { RequestMarks } from './tracing/request-marks.js';

const listener = (needsTraces: boolean) => ({ needsTraces, finished: () => {} });
const marks = new RequestMarks(undefined, undefined);

describe('RequestListeners', () => {
  it.each([
    ['nobody', new RequestListeners([]), [false, false, false]],
    ['one who needs none', new RequestListeners([listener(false)]), [true, false, false]],
    ['one who needs all', new RequestListeners([listener(false), listener(true)]), [true, true, true]],
    ['marked requests', new RequestListeners([], marks), [false, true, false]],
    ['both', new RequestListeners([listener(true)], marks), [true, true, true]],
  ])('with %s', (_, listeners, expected) => {
    expect([listeners.isNeeded, listeners.needsTraces, listeners.needsEveryTrace]).toEqual(expected);
  });
});
