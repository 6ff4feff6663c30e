import { addressOf } from '../location';
import { Askers } from '../parts/askers';
import { endingFacts, EndingTag, When } from '../parts/ending';
import { Facts } from '../parts/facts';
import { Tag } from '../parts/tag';
import type { RouteView } from '../server';
import { bytes, listed, ms, NONE, span } from '../words';

/** One route: what it says, and how it stands. */
export function Route({ route }: { readonly route: RouteView }) {
  const { name, summary, upstream, to, params, query, access, identity, kind, cost, limits, figures } = route;
  const { deprecation, deprecatedUpstream } = route;
  const shown = Object.entries(params);
  return (
    <section class="panel route" aria-labelledby="route-name">
      <a class="way-back" href={addressOf('routes')}>
        ← All routes
      </a>
      <div class="panel-head">
        <h2 id="route-name">
          <code>{name}</code>
        </h2>
        {kind !== 'exchange' && <Tag tone="plain">{kind}</Tag>}
        <a href={addressOf('upstreams', upstream)}>Its upstream</a>
      </div>
      {summary !== undefined && <p class="quiet">{summary}</p>}
      {deprecation && (
        <div class={`ending ${deprecation.state}`}>
          <EndingTag of={deprecation} />
          <Facts of={endingFacts(deprecation)} />
        </div>
      )}
      {deprecatedUpstream && (
        <p>
          Its upstream <EndingTag of={deprecatedUpstream} />{' '}
          <When at={deprecatedUpstream.sunset} inMs={deprecatedUpstream.sunsetInMs} />
          {deprecatedUpstream.successor !== undefined && `, instead: ${deprecatedUpstream.successor}`}
        </p>
      )}
      <Facts
        of={[
          ['Goes to', <code>{`${upstream} ${to}`}</code>],
          ['Let in', access],
          ['As whom', identity],
          ['Query', query === 'pass' ? 'all of it' : query === 'drop' ? 'nothing of it' : query],
          ...shown.map(([param, pattern]) => [`:${param}`, <code>{pattern}</code>] as const),
          ['Cost', `${cost} of the limits`],
        ]}
      />
      <h3>Limits</h3>
      <Facts
        of={[
          ['At once', `${underWay(figures)} of ${limits.maxConcurrent.toLocaleString('en')}`],
          ['Request', limits.maxRequestBytes === 0 ? 'no body' : bytes(limits.maxRequestBytes)],
          ['Answer', limits.maxResponseBytes === undefined ? 'of any length' : bytes(limits.maxResponseBytes)],
          ['To connect', limits.connectTimeoutMs === undefined ? 'the upstream’s' : ms(limits.connectTimeoutMs)],
          ['To the head', ms(limits.headersTimeoutMs)],
          ['Silence', span(limits.idleTimeoutMs)],
          ['In all', limits.totalTimeoutMs === undefined ? 'as long as it moves' : ms(limits.totalTimeoutMs)],
        ]}
      />
      <h3>Since the start</h3>
      <Facts
        of={[
          ['Requests', figures.requests.toLocaleString('en')],
          ['Ended', listed(figures.outcomes)],
          ['Failed by', listed(figures.failures)],
          ['Head, p50', figures.headP50Ms === undefined ? NONE : ms(figures.headP50Ms)],
          ['Head, p95', figures.headP95Ms === undefined ? NONE : ms(figures.headP95Ms)],
          ['Received', bytes(figures.receivedBytes)],
          ['Sent', bytes(figures.sentBytes)],
        ]}
      />
      {deprecation && (
        <>
          <h3>Who still asks</h3>
          <Askers of={deprecation.askers} what={name} />
        </>
      )}
    </section>
  );
}

/** @returns how many exchanges are under way, and how many of them may last */
export function underWay({ passing, lasting }: RouteView['figures']): string {
  return lasting === 0 ? String(passing) : `${passing + lasting}, ${lasting} lasting`;
}
