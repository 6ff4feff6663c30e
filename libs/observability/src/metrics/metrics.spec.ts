import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ManagementModule } from '../management.module.js';
import { ManagementServer } from '../management-server.js';
import { Metrics } from './metrics.js';
import { MetricsModule } from './metrics.module.js';

describe('Metrics', () => {
  let metrics: Metrics;
  const lines = async (name: string) =>
    (await metrics.text()).split('\n').filter(line => line.startsWith(name) && !line.startsWith('#'));

  beforeEach(() => (metrics = new Metrics()));

  it('shows counters by their labels', async () => {
    const family = metrics.counter({ name: 'guichet_calls_total', help: 'Calls', labels: ['upstream', 'outcome'] });
    const good = family.child('catalog', 'succeeded');
    good.increment();
    good.add(2);
    family.child('catalog', 'failed');
    expect(family.child('catalog', 'succeeded')).toBe(good);
    expect(await lines('guichet_calls_total')).toEqual([
      'guichet_calls_total{upstream="catalog",outcome="succeeded"} 3',
      'guichet_calls_total{upstream="catalog",outcome="failed"} 0',
    ]);
  });

  it('shows histograms with cumulative buckets, bounds inclusive', async () => {
    const family = metrics.histogram({
      name: 'guichet_took_seconds',
      help: 'Took',
      labels: ['page'],
      buckets: [0.1, 1],
    });
    const took = family.child('Film');
    for (const seconds of [0.05, 0.1, 0.5, 7]) took.observe(seconds);
    expect(took.count).toBe(4);
    expect(await lines('guichet_took_seconds')).toEqual([
      'guichet_took_seconds_bucket{page="Film",le="0.1"} 2',
      'guichet_took_seconds_bucket{page="Film",le="1"} 3',
      'guichet_took_seconds_bucket{page="Film",le="+Inf"} 4',
      'guichet_took_seconds_sum{page="Film"} 7.65',
      'guichet_took_seconds_count{page="Film"} 4',
    ]);
  });

  it('reads gauges when somebody looks; what is not said any more is gone', async () => {
    const inFlight = new Map([
      ['catalog', 3],
      ['pricing', 0],
    ]);
    metrics.gauge({
      name: 'guichet_in_flight',
      help: 'In flight',
      labels: ['upstream'],
      read: say => inFlight.forEach((value, upstream) => say(value, upstream)),
    });
    expect(await lines('guichet_in_flight')).toHaveLength(2);
    inFlight.delete('pricing');
    inFlight.set('catalog', 4);
    expect(await lines('guichet_in_flight')).toEqual(['guichet_in_flight{upstream="catalog"} 4']);
  });

  it('lets hostile label values share one series beyond the cap, and quotes them', async () => {
    const family = metrics.counter({ name: 'guichet_seen_total', help: 'Seen', labels: ['who'], maxSeries: 2 });
    for (const who of ['a"\n', 'b', 'c', 'd', 'c']) family.child(who).increment();
    expect(family.size).toBe(3);
    expect(await lines('guichet_seen_total')).toEqual([
      'guichet_seen_total{who="a\\"\\n"} 1',
      'guichet_seen_total{who="b"} 1',
      'guichet_seen_total{who="other"} 3',
    ]);
    const gauge = { name: 'guichet_now', help: 'Now', labels: ['who'], maxSeries: 2 };
    metrics.gauge({ ...gauge, read: say => ['a', 'b', 'c'].forEach(who => say(1, who)) });
    expect(await lines('guichet_now')).toHaveLength(2);
  });

  it('makes room when what a series speaks of is gone', () => {
    const family = metrics.counter({ name: 'guichet_seen_total', help: 'Seen', labels: ['who'], maxSeries: 1 });
    family.child('a').increment();
    family.remove('a');
    expect(family.child('b').value).toBe(0);
    expect(family.child('b')).not.toBe(family.child('other'));
  });

  it('refuses a name that is taken', () => {
    metrics.counter({ name: 'guichet_seen_total', help: 'Seen' });
    expect(() => metrics.counter({ name: 'guichet_seen_total', help: 'Seen' })).toThrow('already');
  });
});

describe('MetricsModule', () => {
  it('shows them on the management port, with those of the process', async () => {
    @Module({ imports: [ManagementModule.forRoot({ port: 0 }), MetricsModule] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
    app.get(Metrics).counter({ name: 'guichet_seen_total', help: 'Seen' }).child().increment();
    const answer = await fetch(`http://127.0.0.1:${app.get(ManagementServer).port}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('\nguichet_seen_total 1\n');
    expect(text).toContain('\nnodejs_eventloop_lag_p99_seconds ');
    await app.close();
  });
});
