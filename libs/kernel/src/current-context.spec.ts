import { currentContext, runInContext, swapContext } from './current-context.js';
import { type CallContext, RequestContext } from './request-context.js';

const context = (id: string): CallContext => ({ request: new RequestContext(id, 0), deadlineAt: 1 });

describe('the current context', () => {
  it('is there while the function runs, and nested ones give back the outer', () => {
    const outer = context('outer');
    const inner = context('inner');
    expect(currentContext()).toBeUndefined();
    const seen = runInContext(outer, () => {
      const within = runInContext(inner, currentContext);
      return [within, currentContext()];
    });
    expect(seen).toEqual([inner, outer]);
    expect(currentContext()).toBeUndefined();
  });

  it('is given back when the function throws', () => {
    expect(() =>
      runInContext(context('a'), () => {
        throw new Error('bug');
      }),
    ).toThrow('bug');
    expect(currentContext()).toBeUndefined();
  });

  it("is gone after an await, and never another request's", async () => {
    const seen = await Promise.all(
      ['a', 'b'].map(id =>
        runInContext(context(id), async () => {
          const before = currentContext()?.request.requestId;
          await Promise.resolve();
          return [before, currentContext()];
        }),
      ),
    );
    expect(seen).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
  });

  it('is handed back by a swap', () => {
    const first = context('a');
    expect(swapContext(first)).toBeUndefined();
    expect(swapContext(undefined)).toBe(first);
  });
});

describe('RequestContext', () => {
  it('tells of a departure once', () => {
    const request = new RequestContext('a', 0);
    request.onDeparture = jest.fn();
    request.depart();
    request.depart();
    expect(request.departed).toBe(true);
    expect(request.onDeparture).toHaveBeenCalledTimes(1);
  });

  it('bears a departure that nobody waits for', () => {
    const request = new RequestContext('a', 0);
    request.depart();
    expect(request.departed).toBe(true);
  });
});
