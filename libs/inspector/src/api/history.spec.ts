import { Metrics } from 'guichet/observability';
import { ManualClock } from 'guichet/testing';
import { History, type Sample } from './history.js';

describe('History', () => {
  const setUp = () => {
    const metrics = new Metrics();
    const attempts = metrics.counter({
      name: 'guichet_upstream_attempts_total',
      help: 'Attempts',
      labels: ['upstream', 'outcome', 'code'],
    });
    const durations = metrics.histogram({
      name: 'guichet_upstream_attempt_duration_seconds',
      help: 'Durations',
      labels: ['upstream'],
    });
    const clock = new ManualClock();
    const told: Sample[] = [];
    const history = new History(metrics, clock, sample => told.push(sample));
    const answer = (count: number, outcome: string, seconds: number): void => {
      attempts.child('catalog', outcome, outcome === 'failed' ? 'upstream-status' : '').add(count);
      for (let n = 0; n < count; n++) durations.child('catalog').observe(seconds);
    };
    return { history, clock, told, answer };
  };
  const turn = () => new Promise(setImmediate);

  it('tells rates and latencies of the while before, not of all time', async () => {
    const { history, clock, told, answer } = setUp();
    answer(1_000, 'succeeded', 5);
    history.take();
    clock.advance(5_000);
    answer(9, 'succeeded', 0.003);
    answer(1, 'failed', 0.4);
    history.take();
    const [{ upstreams }] = history.all as [Sample];
    expect(upstreams['catalog']).toMatchObject({ rate: 2, failureRate: 0.2 });
    expect(upstreams['catalog']!.p50Ms).toBeGreaterThan(2.5);
    expect(upstreams['catalog']!.p50Ms).toBeLessThan(5);
    expect(upstreams['catalog']!.p95Ms).toBeGreaterThan(300);
    expect(told).toEqual(history.all);
  });

  it('says that nothing was heard of an upstream that was not asked', async () => {
    const { history, clock, answer } = setUp();
    answer(5, 'succeeded', 0.01);
    history.take();
    clock.advance(5_000);
    history.take();
    expect(history.all[0]!.upstreams['catalog']).toEqual({ rate: 0, failureRate: 0, p50Ms: null, p95Ms: null });
  });

  it('takes a sample every five seconds, keeps five minutes of them, and ends when told', async () => {
    const { history, clock } = setUp();
    history.start();
    for (let n = 0; n < 100; n++) {
      clock.advance(5_000);
      await turn();
    }
    expect(history.all).toHaveLength(60);
    history.stop();
    const { at } = history.all.at(-1)!;
    clock.advance(60_000);
    await turn();
    expect(history.all.at(-1)!.at).toBe(at);
  });
});
