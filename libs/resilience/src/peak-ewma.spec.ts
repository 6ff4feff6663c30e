import { PeakEwma } from './peak-ewma.js';

describe('PeakEwma', () => {
  it('believes a worse latency at once', () => {
    const ewma = new PeakEwma();
    ewma.observe(10, 0);
    ewma.observe(500, 1);
    expect(ewma.latencyMs(1)).toBe(500);
  });

  it('believes better ones slowly: most of the way after ten seconds, nearly all after thirty', () => {
    const ewma = new PeakEwma(10_000);
    ewma.observe(500, 0);
    let now = 0;
    while (now < 10_000) ewma.observe(10, (now += 50));
    expect(ewma.latencyMs(now)).toBeCloseTo(10 + 490 / Math.E, -1);
    while (now < 60_000) ewma.observe(10, (now += 50));
    expect(ewma.latencyMs(now)).toBeLessThan(12);
  });

  it('fades while nothing is heard, and is out of date after five seconds', () => {
    const ewma = new PeakEwma(10_000, 5_000);
    ewma.observe(100, 0);
    expect(ewma.latencyMs(5_000)).toBeCloseTo(100 * Math.exp(-0.5));
    expect([ewma.isKnown(5_000), ewma.isKnown(5_001)]).toEqual([true, false]);
    ewma.observe(10, 5_001);
    expect(ewma.latencyMs(5_001)).toBe(10);
  });

  it('never takes a failure as fast', () => {
    const ewma = new PeakEwma();
    ewma.observeFailure(1, 20, 0);
    expect(ewma.latencyMs(0)).toBe(200);
    ewma.observeFailure(700, 20, 0);
    expect(ewma.latencyMs(0)).toBe(700);
    const unknown = new PeakEwma();
    unknown.observeFailure(1, undefined, 0);
    expect(unknown.latencyMs(0)).toBe(1_000);
  });

  it('takes elapsed time as a lower bound: up, never down', () => {
    const ewma = new PeakEwma();
    ewma.observe(50, 0);
    ewma.observeAtLeast(20, 0);
    expect(ewma.latencyMs(0)).toBe(50);
    ewma.observeAtLeast(80, 0);
    expect(ewma.latencyMs(0)).toBe(80);
  });

  it('is not poisoned by what is no latency', () => {
    const ewma = new PeakEwma();
    ewma.observe(Number.NaN, 0);
    ewma.observe(-5, 0);
    expect(ewma.isKnown(0)).toBe(false);
    ewma.observe(5, 0);
    expect(ewma.latencyMs(0)).toBe(5);
  });

  it('starts over when told, with or without a guess', () => {
    const ewma = new PeakEwma();
    ewma.observe(900, 0);
    ewma.reset(20, 10);
    expect([ewma.isKnown(10), ewma.latencyMs(10)]).toEqual([true, 20]);
    ewma.reset(undefined, 20);
    expect([ewma.isKnown(20), ewma.latencyMs(20)]).toEqual([false, 0]);
  });
});
