import { Metrics } from 'guichet/observability';
import { DiscoveryMetrics } from './discovery-metrics.js';
import { RecordedEvents } from './service-watch.test-rig.js';

describe('what is counted of discovery', () => {
  it('is changes, services that vanish and queries that fail; who listens beside hears them too', async () => {
    const metrics = new Metrics();
    const listener = new RecordedEvents();
    const counted = new DiscoveryMetrics(metrics, listener);
    counted.updated({ service: 'catalog', instances: [], state: 'fresh', confirmedAt: 0 });
    counted.emptied('catalog', 3, 60_000);
    counted.emptied('catalog', 3, 60_000);
    counted.queryFailed('pricing', 'refused');
    const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('guichet_discovery'));
    expect(lines).toEqual([
      'guichet_discovery_updates_total{upstream="catalog"} 1',
      'guichet_discovery_vanished_total{upstream="catalog"} 2',
      'guichet_discovery_query_failures_total{upstream="pricing"} 1',
    ]);
    expect(listener.told).toEqual([
      'updated fresh 0',
      'emptied catalog 3 60000',
      'emptied catalog 3 60000',
      'queryFailed pricing refused',
    ]);
  });
});
