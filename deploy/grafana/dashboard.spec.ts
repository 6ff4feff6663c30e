import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { namesIn } from '../checks/promql.js';
import { knownMetrics, unknownIn } from '../checks/known-metrics.js';
import { repository } from '../checks/repository.js';
import { dashboard, type Panel, panels } from '../checks/dashboard.js';

const drawn = panels().filter(({ type }) => type !== 'row');

describe('the dashboard', () => {
  it.each(drawn.map(panel => [panel.title, panel] as const))('%s names what there is', (_, panel) => {
    expect(panel.targets!.length).toBeGreaterThan(0);
    for (const { expr } of panel.targets!) expect(unknownIn(expr, knownMetrics())).toEqual([]);
  });

  it('shows every metric of the framework', () => {
    const shown = JSON.stringify(dashboard());
    const hidden = [...knownMetrics().keys()].filter(
      name => name.startsWith('guichet_') && !/_(sum|count)$/.test(name),
    );
    expect(hidden.filter(name => !shown.includes(name))).toEqual([]);
  });

  it('labels its series by what they are grouped by', () => {
    for (const { title, targets } of drawn)
      for (const { expr, legendFormat } of targets!)
        expect([title, lackingIn(expr, legendFormat)]).toEqual([title, []]);
  });

  it('asks the source that is chosen, and says what each panel means and in which unit', () => {
    for (const { title, description, datasource, fieldConfig, type } of drawn) {
      expect([title, datasource.uid]).toEqual([title, '${datasource}']);
      expect(description).toMatch(/\.$/);
      expect([title, type === 'state-timeline' || Boolean(fieldConfig.defaults.unit)]).toEqual([title, true]);
    }
  });

  it('has panels that neither overlap nor share an id or a title', () => {
    const all = panels();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    const cells = new Set<string>();
    for (const { title, gridPos } of all)
      for (const cell of cellsOf(gridPos)) {
        expect([title, cells.has(cell)]).toEqual([title, false]);
        cells.add(cell);
      }
  });

  it('is provisioned: its folder, and a source for it', () => {
    const read = (file: string): unknown => parse(readFileSync(join(repository, 'deploy/grafana', file), 'utf8'));
    const compose = parse(readFileSync(join(repository, 'deploy/docker/compose.yaml'), 'utf8')) as {
      services: { grafana: { volumes: string[] } };
    };
    const { providers } = read('provisioning/dashboards/guichet.yaml') as {
      providers: { options: { path: string } }[];
    };
    expect(compose.services.grafana.volumes).toContain(`../grafana/dashboards:${providers[0]!.options.path}:ro`);
    const { datasources } = read('provisioning/datasources/prometheus.yaml') as { datasources: { type: string }[] };
    expect(datasources.map(({ type }) => type)).toEqual(['prometheus']);
  });
});

/** The labels of a legend that its series do not have. */
function lackingIn(expression: string, legend: string): string[] {
  const { labels, selectors } = namesIn(expression);
  const raw = selectors.flatMap(({ metric }) => [...(knownMetrics().get(metric) ?? [])]);
  const had = new Set(labels.length > 0 ? labels : raw);
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!).filter(label => !had.has(label));
}

function* cellsOf({ x, y, w, h }: Panel['gridPos']): Generator<string> {
  expect(x + w).toBeLessThanOrEqual(24);
  for (let column = x; column < x + w; column++) for (let line = y; line < y + h; line++) yield `${column} ${line}`;
}
