import { useEffect } from 'preact/hooks';
import { useLive } from '../live';
import { addressOf, usePlace } from '../location';
import { DataTable } from '../parts/data-table';
import { EndingTag } from '../parts/ending';
import { Blank, Facts } from '../parts/facts';
import { Tag, type Tone, toneOf } from '../parts/tag';
import type { DeprecatedCallView, Sample, UpstreamView } from '../server';
import { useRead } from '../use-read';
import { count, listed, ms, NONE, span } from '../words';
import { Figures } from './upstream-figures';

/** Every upstream: its instances, what keeps calls from it, and the last minutes. */
export function UpstreamsView() {
  const live = useLive();
  const first = useRead('upstreams');
  const history = useRead('history');
  const deprecated = useRead('deprecations', { everyMs: 10_000 }).value?.calls ?? [];
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
            <Upstream
              key={upstream.name}
              upstream={upstream}
              samples={samples}
              deprecated={deprecated.filter(call => call.upstream === upstream.name)}
            />
          ))}
        </div>
      )}
    </>
  );
}

interface UpstreamProps {
  readonly upstream: UpstreamView;
  readonly samples: readonly Sample[];
  readonly deprecated: readonly DeprecatedCallView[];
}

const BREAKER = { closed: 'breaker closed', open: 'breaker open', 'half-open': 'breaker half-open', off: 'no breaker' };

function Upstream({ upstream, samples, deprecated }: UpstreamProps) {
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
      {deprecated.length > 0 && (
        <ul class="calls">
          {deprecated.map(call => (
            <li key={call.call ?? ''}>
              {call.call === undefined ? 'As a whole' : <code>{call.call}</code>} <EndingTag of={call} />{' '}
              <a href={addressOf('retirement')}>{count(call.count, 'call')} since the start</a>
            </li>
          ))}
        </ul>
      )}
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
  const { state, ageMs, index, trouble } = discovery;
  const tone: Tone = state === 'fresh' ? 'good' : toneOf(state);
  const known = count(instances.length, 'instance');
  const age = ageMs === undefined ? '' : `, confirmed ${span(ageMs)} ago`;
  return (
    <>
      <Tag tone={tone}>
        {known} {state}
        {age}
        {index !== undefined && `, Consul’s index ${index}`}
      </Tag>
      {trouble !== undefined && ` ${trouble}`}
    </>
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
