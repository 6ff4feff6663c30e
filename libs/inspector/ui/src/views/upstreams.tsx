import { useEffect } from 'preact/hooks';
import { useLive } from '../live';
import { usePlace } from '../location';
import { Chart } from '../parts/chart';
import { DataTable } from '../parts/data-table';
import { Blank, Facts } from '../parts/facts';
import { Tag, type Tone, toneOf } from '../parts/tag';
import type { Sample, UpstreamSample, UpstreamView } from '../server';
import { useRead } from '../use-read';
import { count, listed, ms, NONE, rate, span } from '../words';

/** Every upstream: its instances, what keeps calls from it, and the last minutes. */
export function UpstreamsView() {
  const live = useLive();
  const first = useRead('upstreams');
  const history = useRead('history');
  const { detail } = usePlace();
  const upstreams = live.upstreams ?? first.value;
  const samples = live.samples.length > 0 ? live.samples : (history.value ?? []);
  useEffect(() => {
    if (detail !== '') document.getElementById(`upstream-${detail}`)?.scrollIntoView({ block: 'start' });
  }, [detail, upstreams === undefined]);
  return (
    <>
      <div class="title">
        <h1>Upstreams</h1>
        <p>As this process sees them. Charts show the last five minutes.</p>
      </div>
      {upstreams === undefined || upstreams.length === 0 ? (
        <Blank trouble={first.trouble}>{upstreams && 'This app declares no upstreams.'}</Blank>
      ) : (
        <div class="cards">
          {upstreams.map(upstream => (
            <Upstream key={upstream.name} upstream={upstream} samples={samples} />
          ))}
        </div>
      )}
    </>
  );
}

interface UpstreamProps {
  readonly upstream: UpstreamView;
  readonly samples: readonly Sample[];
}

const BREAKER = { closed: 'breaker closed', open: 'breaker open', 'half-open': 'breaker half-open', off: 'no breaker' };

function Upstream({ upstream, samples }: UpstreamProps) {
  const { name, protocol, breaker, bulkhead, medianMs, instances, subsets, isPanicking, counts } = upstream;
  const hasSubsets = subsets.length > 0;
  const wait = breaker.kind === 'open' ? `, tries again in ${span(breaker.retryAfterMs)}` : '';
  const id = `upstream-${name}`;
  return (
    <section class="panel upstream" id={id} aria-labelledby={`${id}-name`}>
      <div class="panel-head">
        <h2 id={`${id}-name`}>{name}</h2>
        <span class="quiet">{protocol}</span>
        <Tag tone={breaker.kind === 'off' ? 'idle' : toneOf(breaker.kind)}>
          {BREAKER[breaker.kind]}
          {wait}
        </Tag>
        <Discovery upstream={upstream} />
      </div>
      <Figures name={name} samples={samples} />
      <Facts
        of={[
          ['In flight', `${bulkhead.active} of ${bulkhead.limit}`],
          ['Waiting', `${bulkhead.queued} of ${bulkhead.maxQueued}`],
          ['Median', medianMs === undefined ? NONE : ms(medianMs)],
          ['Attempts', `${counts.attempts.toLocaleString('en')}, ${counts.failed.toLocaleString('en')} failed`],
          ['Further attempts', furtherOf(counts)],
          ['Shared', counts.shared === 0 ? 'none' : count(counts.shared, 'call')],
          ['Failures', listed(counts.codes)],
          ['Not let through', listed(counts.rejected)],
          ...(hasSubsets ? [['Subsets', subsets.map(subsetWords).join(', ')] as const] : []),
        ]}
      />
      {isPanicking && (
        <p class="verdict">
          <Tag tone="warn">panic</Tag> More instances are ejected than may be: all are called.
        </p>
      )}
      {instances.length === 0 ? (
        <p class="blank trouble">No instance is known.</p>
      ) : (
        <DataTable
          caption={`The instances of ${name}`}
          columns={[
            'Instance',
            'State',
            'In flight',
            'Latency',
            'Share',
            'Failures in a row',
            ...(hasSubsets ? ['Subset'] : []),
          ]}
          rows={instances.map(instance => [
            <code>{instance.address}</code>,
            <Condition of={instance.condition} />,
            instance.outstanding,
            instance.latencyMs === undefined ? NONE : ms(instance.latencyMs),
            `${Math.round(instance.share * 100)} %`,
            instance.failuresInRow,
            ...(hasSubsets ? [instance.subset ?? '–'] : []),
          ])}
          numbers={[2, 3, 4, 5]}
        />
      )}
    </section>
  );
}

function subsetWords({ name, weightPercent, instances, ejected }: UpstreamView['subsets'][number]): string {
  const state = instances === 0 ? ', no instance' : ejected === instances ? ', ejected' : '';
  return `${name} ${weightPercent} %${state}`;
}

function Condition({ of }: { readonly of: UpstreamView['instances'][number]['condition'] }) {
  if (of.kind !== 'ejected') return <Tag tone={toneOf(of.kind)}>{of.kind}</Tag>;
  const cause = of.cause === 'failures-in-row' ? 'failures in a row' : 'too many failures';
  return (
    <Tag tone="bad">
      ejected, {cause}, {span(of.leftMs)} left
    </Tag>
  );
}

function Discovery({ upstream: { discovery, instances } }: { readonly upstream: UpstreamView }) {
  const { state, ageMs, index } = discovery;
  const tone: Tone = state === 'fresh' ? 'good' : toneOf(state);
  const known = count(instances.length, 'instance');
  const age = ageMs === undefined ? '' : `, confirmed ${span(ageMs)} ago`;
  return (
    <Tag tone={tone}>
      {known} {state}
      {age}
      {index !== undefined && `, Consul’s index ${index}`}
    </Tag>
  );
}

/** The last minutes, in words and drawn. */
function Figures({ name, samples }: { readonly name: string; readonly samples: readonly Sample[] }) {
  const of = (read: (sample: UpstreamSample) => number | null): (number | null)[] =>
    samples.map(({ upstreams }) => (upstreams[name] === undefined ? null : read(upstreams[name])));
  // A line that never leaves the ground would look like an alarm.
  const failing = of(({ failureRate }) => failureRate);
  const times = samples.map(({ at }) => at / 1_000);
  const latest = samples.at(-1)?.upstreams[name];
  const calls = latest === undefined ? 'no figures yet' : `${rate(latest.rate)}, ${rate(latest.failureRate)} failing`;
  const half = latest?.p50Ms ?? null;
  const latency = half === null ? 'no answers of late' : `p50 ${ms(half)}, p95 ${ms(latest?.p95Ms ?? half)}`;
  return (
    <div class="figures">
      <figure>
        <figcaption>
          <b>Attempts</b> {calls}
        </figcaption>
        <Chart
          label={`Attempts to ${name} a second over the last minutes: now ${calls}`}
          times={times}
          unit=""
          series={[
            { label: 'attempts', colour: '--accent', values: of(({ rate: all }) => all), isFilled: true },
            { label: 'failing', colour: '--bad', values: failing.some(Boolean) ? failing : failing.map(() => null) },
          ]}
        />
      </figure>
      <figure>
        <figcaption>
          <b>Latency</b> {latency}
        </figcaption>
        <Chart
          label={`How long ${name} took to answer over the last minutes: now ${latency}`}
          times={times}
          unit=" ms"
          series={[
            { label: 'p95', colour: '--idle', values: of(({ p95Ms }) => p95Ms) },
            { label: 'p50', colour: '--accent', values: of(({ p50Ms }) => p50Ms) },
          ]}
        />
      </figure>
    </div>
  );
}

function furtherOf({ retries, hedges, retriesRefused }: UpstreamView['counts']): string {
  const found = [
    retries > 0 && count(retries, 'retry', 'retries'),
    hedges > 0 && count(hedges, 'hedge'),
    retriesRefused > 0 && `${retriesRefused.toLocaleString('en')} refused`,
  ].filter(Boolean);
  return found.length === 0 ? 'none' : found.join(', ');
}
