import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from 'guichet/observability';
import { parse } from 'yaml';
import { namesIn } from './promql.js';
import { repository } from './repository.js';

/** Labels by metric: what an expression may name. */
export type KnownMetrics = ReadonlyMap<string, ReadonlySet<string>>;

/** What a rule of `rules.yaml` is. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What Prometheus adds to every series it scrapes, by prometheus.yml and by the ServiceMonitors. */
const TARGET_LABELS = ['job', 'app', 'instance'];

/** @returns all rules of `deploy/prometheus/rules.yaml`, in order */
export function rules(): readonly Rule[] {
  const text = readFileSync(join(repository, 'deploy/prometheus/rules.yaml'), 'utf8');
  return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(group => group.rules);
}

/**
 * Everything that the dashboard and the rules may name: the framework's as docs/metrics.md has them, which a test of the built
 * apps compares with what they show; the process' as prom-client registers them; what Prometheus makes; and what the rules record.
 */
export function knownMetrics(): KnownMetrics {
  const known = new Map<string, ReadonlySet<string>>();
  const add = (name: string, labels: readonly string[]) => known.set(name, new Set([...labels, ...TARGET_LABELS]));
  for (const { name, type, labels } of [...documented(), ...ofTheProcess()]) {
    // Where a target has a label already, Prometheus keeps what was scraped under another name.
    const seen = labels.map(label => (TARGET_LABELS.includes(label) ? `exported_${label}` : label));
    if (type !== 'histogram') add(name, seen);
    else for (const [part, own] of Object.entries(HISTOGRAM)) add(`${name}_${part}`, [...seen, ...own]);
  }
  add('up', []);
  add('ALERTS', ['alertname', 'alertstate', 'severity', 'page', 'route', 'upstream', 'fault']);
  for (const { record, expr } of rules()) if (record) known.set(record, new Set(namesIn(expr).labels));
  return known;
}

const HISTOGRAM = { bucket: ['le'], count: [], sum: [] };

interface Described {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** A metric as the docs have it. */
export interface DocumentedMetric extends Described {
  /** What must be there, or must not, for it to be shown; undefined: nothing. */
  readonly condition: 'with Consul' | 'with Redis' | 'without Redis' | 'with live configuration' | undefined;
}

/** @returns the framework's metrics: the rows of docs/metrics.md */
export function documented(): readonly DocumentedMetric[] {
  const text = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  const rows = text.matchAll(
    /^\| `(guichet_\w+)`\s*\| (\w+)\s*\| ([^|]*)\|(?: (with(?:out)? (?:Consul|Redis|live configuration)):)?/gm,
  );
  return [...rows].map(([, name, type, labels, condition]) => ({
    name: name!,
    type: type!,
    condition: condition as DocumentedMetric['condition'],
    labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
  }));
}

function ofTheProcess(): readonly Described[] {
  const metrics = new Metrics();
  metrics.watchProcess();
  return metrics.describe();
}

/**
 * @returns what an expression names that there is not: metrics, labels of a metric, labels of none of its metrics, and values
 *   outside of what a label may be
 */
export function unknownIn(expression: string, known: KnownMetrics): readonly string[] {
  const { selectors, labels } = namesIn(expression);
  const trouble: string[] = [];
  const all = new Set<string>();
  for (const { metric, matchers } of selectors) {
    const its = known.get(metric);
    if (!its) trouble.push(metric);
    its?.forEach(label => all.add(label));
    for (const { label, operator, value } of matchers) {
      if (its && !its.has(label)) trouble.push(`${metric}{${label}}`);
      for (const one of operator.endsWith('~') ? value.split('|') : [value])
        if (CLOSED[metric]?.[label]?.includes(one) === false && !one.startsWith('$'))
          trouble.push(`${metric}{${label}="${one}"}`);
    }
  }
  return [...trouble, ...labels.filter(label => !all.has(label)).map(label => `label ${label}`)];
}

/** The values of labels that expressions ask for; the end-to-end test sees them, or the code has them as a closed set. */
const CLOSED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  guichet_page_requests_total: {
    outcome: ['complete', 'degraded', 'failed', 'departed'],
    fault: ['none', 'client', 'gateway', 'upstream'],
    code: ['bug', 'shed'],
  },
  guichet_section_results_total: { state: ['fresh', 'stale', 'fallback', 'omitted', 'failed'] },
  guichet_upstream_attempts_total: { outcome: ['succeeded', 'failed', 'cancelled'] },
  guichet_upstream_instance_attempts_total: { outcome: ['succeeded', 'failed', 'cancelled'] },
  guichet_upstream_instances: { state: ['serving', 'ejected'] },
  guichet_upstream_rejected_calls_total: { reason: ['bulkhead-full', 'circuit-open', 'deadline-exceeded'] },
  guichet_live_documents_total: { outcome: ['applied', 'invalid'] },
  guichet_live_trouble: { reason: ['invalid', 'missing', 'unreachable'] },
  guichet_session_logins_total: {
    outcome: ['completed', 'failed'],
    reason: ['not-begun', 'rejected', 'issuer-unavailable', 'store-unavailable'],
  },
  guichet_key_set_refreshes_total: { outcome: ['succeeded', 'failed'] },
  guichet_token_cache_lookups_total: { result: ['hit', 'miss'] },
  'app_page_fault:guichet_page_failures:ratio_rate5m': { fault: ['gateway', 'upstream'] },
};
