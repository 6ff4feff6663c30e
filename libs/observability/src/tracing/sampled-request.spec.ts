import { traceContext } from '../trace-context.js';
import { SampledRequest } from './sampled-request.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('SampledRequest', () => {
  it('is a span of its own below the client’s', () => {
    const sampled = new SampledRequest(traceContext(`00-${TRACE}-${PARENT}-03`, undefined));
    expect(sampled).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(sampled.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(sampled.spanId).not.toBe(PARENT);
    expect(sampled.traceparent).toBe(`00-${TRACE}-${sampled.spanId}-01`);
  });

  it('has no parent where its trace begins', () => {
    const trace = traceContext(undefined, undefined);
    const sampled = new SampledRequest(trace);
    expect(sampled.parentSpanId).toBeUndefined();
    expect(sampled.traceparent).toBe(`${trace.traceparent.slice(0, -2)}01`);
  });

  it('gives every further span an id of its own', () => {
    const sampled = new SampledRequest(traceContext(undefined, undefined));
    expect(new Set(Array.from({ length: 1_000 }, () => sampled.newSpanId())).size).toBe(1_000);
  });
});
