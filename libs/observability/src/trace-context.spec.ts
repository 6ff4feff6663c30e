import { traceContext } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const VALID = `00-${TRACE}-${PARENT}-01`;

describe('traceContext', () => {
  it("continues the client's trace", () => {
    expect(traceContext(VALID, 'vendor=a,other@x=b')).toEqual({
      traceparent: VALID,
      tracestate: 'vendor=a,other@x=b',
      isContinued: true,
    });
  });

  it('reads a later version as far as it knows it', () => {
    expect(traceContext(`cc-${TRACE}-${PARENT}-01-more`, undefined).traceparent).toBe(VALID);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `${VALID}-more`,
    `${VALID}, ${VALID}`,
    `00-${TRACE}-${PARENT}`,
    `cc-${TRACE}-${PARENT}-01-${'x'.repeat(300)}`,
    `${VALID}\n`,
  ])('starts a new, unsampled trace instead of %j, without the state of the old', broken => {
    const { traceparent, tracestate, isContinued } = traceContext(broken, 'vendor=a');
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(traceparent).not.toContain(TRACE);
    expect(tracestate).toBeUndefined();
    expect(isContinued).toBe(false);
  });

  it('never starts the same trace twice', () => {
    const traces = Array.from({ length: 1000 }, () => traceContext(undefined, undefined).traceparent);
    expect(new Set(traces).size).toBe(1000);
  });

  it.each([`v=${'x'.repeat(600)}`, 'no-value', 'a=b\u0000', Array(33).fill('a=b').join(','), ',,', 'UPPER=a'])(
    'drops a broken or oversized tracestate alone: %.20s',
    tracestate => {
      expect(traceContext(VALID, tracestate)).toEqual({
        traceparent: VALID,
        tracestate: undefined,
        isContinued: true,
      });
    },
  );
});
