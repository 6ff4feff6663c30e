import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { knownMetrics, rules, unknownIn } from '../checks/known-metrics.js';
import { repository } from '../checks/repository.js';
import { namesIn } from '../checks/promql.js';

const alerts = rules().filter(({ alert }) => alert);
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

describe('the rules of Prometheus', () => {
  it.each(rules().map(rule => [rule.record ?? rule.alert!, rule] as const))('%s names what there is', (_, { expr }) => {
    expect(unknownIn(expr, knownMetrics())).toEqual([]);
  });

  it('record nothing that nobody reads', () => {
    const readers = [...rules().map(({ expr }) => expr), read('deploy/grafana/dashboards/guichet.json')].join('\n');
    const unread = rules().filter(({ record }) => record && readers.split(record).length < 2);
    expect(unread).toEqual([]);
  });

  it('say how grave each alert is, what it means, and which page to open', () => {
    const anchors = [...read('docs/operations.md').matchAll(/^#+ (Guichet\w+)$/gm)].map(([, title]) => title!);
    expect(anchors.toSorted()).toEqual(alerts.map(({ alert }) => alert!).toSorted());
    for (const { alert, labels, annotations } of alerts) {
      expect(labels?.['severity']).toMatch(/^(critical|warning)$/);
      expect(annotations).toEqual({
        summary: expect.stringMatching(/./) as string,
        description: expect.stringMatching(/\.$/) as string,
        runbook_url: `docs/operations.md#${alert!.toLowerCase()}`,
      });
    }
  });

  it('have words that name only labels which the alert has', () => {
    for (const { alert, expr, annotations } of alerts) {
      const { labels, selectors } = namesIn(expr);
      const isAggregated = labels.length > 0;
      const own = new Set([...labels, ...selectors.flatMap(({ metric }) => [...(knownMetrics().get(metric) ?? [])])]);
      const said = Object.values(annotations!).flatMap(text => [...text.matchAll(/\$labels\.(\w+)/g)].map(m => m[1]!));
      const missing = said.filter(label => (isAggregated ? !labels.includes(label) : !own.has(label)));
      expect([alert, missing]).toEqual([alert, []]);
    }
  });

  it('are each shown to be raised, in rules.test.yaml', () => {
    const shown = read('deploy/prometheus/rules.test.yaml');
    expect(alerts.filter(({ alert }) => !shown.includes(`alertname="${alert}"`))).toEqual([]);
  });

  it('call memory high at four fifths of what Kubernetes allows', () => {
    const { expr } = alerts.find(({ alert }) => alert === 'GuichetMemoryHigh')!;
    expect(expr).toContain('> 0.8 * 512 * 1024 * 1024');
    for (const app of ['web', 'mobile']) {
      const [deployment] = parseAllDocuments(read(`deploy/kubernetes/${app}/deployment.yaml`));
      const path = ['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'memory'];
      expect(deployment!.getIn(path)).toBe('512Mi');
    }
  });
});
