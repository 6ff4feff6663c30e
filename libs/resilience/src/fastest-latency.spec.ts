import { FastestLatency } from './fastest-latency.js';

describe('the fastest latency of late', () => {
  function observed(count: number, latencyMs: number, now: number, fastest = new FastestLatency()): FastestLatency {
    for (let i = 0; i < count; i++) fastest.observe(latencyMs + i, now);
    return fastest;
  }

  it('is nothing before twenty answers, then the least', () => {
    const fastest = observed(19, 30, 100);
    expect(fastest.ms(100)).toBe(0);
    fastest.observe(50, 100);
    expect(fastest.ms(100)).toBe(30);
  });

  it('speaks for the window before, too, and for nothing earlier', () => {
    const fastest = observed(20, 30, 100);
    observed(5, 60, 5_100, fastest);
    expect(fastest.ms(5_100)).toBe(30);
    observed(20, 60, 10_100, fastest);
    expect(fastest.ms(10_100)).toBe(60);
  });

  it('forgets within ten seconds when nothing is heard', () => {
    const fastest = observed(20, 30, 100);
    expect(fastest.ms(9_999)).toBe(30);
    expect(fastest.ms(10_000)).toBe(0);
    expect(observed(20, 30, 100).ms(60_000)).toBe(0);
  });
});
