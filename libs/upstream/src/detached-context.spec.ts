import { ManualClock } from 'guichet/testing';
import { detachedContext } from './detached-context.js';

describe('detachedContext', () => {
  it('ends so many milliseconds from now, for nobody in particular', () => {
    const context = detachedContext({ deadlineMs: 2_000, clock: new ManualClock(500), requestId: 'job', locale: 'fr' });
    expect(context).toMatchObject({
      deadlineAt: 2_500,
      request: { requestId: 'job', startedAt: 500, locale: 'fr', principal: undefined },
    });
  });

  it('has an id of its own unless one is given', () => {
    const [a, b] = [detachedContext({ deadlineMs: 1 }), detachedContext({ deadlineMs: 1 })];
    expect(a.request.requestId).not.toBe(b.request.requestId);
  });

  it.each([0, -1, NaN])('refuses a deadline of %p ms', deadlineMs => {
    expect(() => detachedContext({ deadlineMs })).toThrow(RangeError);
  });
});
