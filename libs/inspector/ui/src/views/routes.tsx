import { useLive } from '../live';
import { addressOf, usePlace } from '../location';
import { DataTable } from '../parts/data-table';
import { EndingTag, Successor } from '../parts/ending';
import { Blank } from '../parts/facts';
import { Tag } from '../parts/tag';
import type { RouteView } from '../server';
import { useRead } from '../use-read';
import { bytes, ms, NONE } from '../words';
import { Exchange } from './exchange';
import { Exchanges, exchangesAddress } from './exchanges';
import { Route, underWay } from './route';

/** Every pass-through route: what it says, how it stands, and what became of its exchanges. */
export function RoutesView() {
  const { routes: figures } = useLive();
  const { value, trouble } = useRead('routes');
  const { detail, query } = usePlace();
  const routes = value?.map(route => ({ ...route, figures: figures?.[route.name] ?? route.figures }));
  const route = routes?.find(({ name }) => name === detail);
  const exchange = query.get('exchange') ?? '';
  return (
    <>
      <div class="title">
        <h1>Routes</h1>
        <p>What the app hands on without composing it. Nothing else of its upstreams is reachable.</p>
      </div>
      {routes === undefined || routes.length === 0 ? (
        <Blank trouble={trouble}>{routes && 'This app declares no pass-through routes.'}</Blank>
      ) : (
        <div class="stack">
          {/^\d+$/.test(exchange) ? (
            <Exchange id={Number(exchange)} back={exchangesAddress(route?.name, query.get('kept'))} />
          ) : route === undefined ? (
            <Declared routes={routes} />
          ) : (
            <Route route={route} />
          )}
          <Exchanges routes={routes} route={route?.name} />
        </div>
      )}
    </>
  );
}

function Declared({ routes }: { readonly routes: readonly RouteView[] }) {
  return (
    <section class="panel" aria-labelledby="declared">
      <h2 id="declared">Declared</h2>
      <DataTable
        caption="The pass-through routes"
        columns={['Route', 'Upstream', 'Let in', 'Under way', 'Requests', 'Failed', 'Head, p50', 'Head, p95', 'Sent']}
        rows={routes.map(({ name, upstream, access, kind, figures, deprecation, deprecatedUpstream }) => [
          <>
            <a href={addressOf('routes', name)}>
              <code>{name}</code>
            </a>{' '}
            {kind !== 'exchange' && <Tag tone="plain">{kind}</Tag>} {deprecation && <EndingTag of={deprecation} />}
            {deprecation?.successor && (
              <small class="instead">
                instead: <Successor of={deprecation.successor} />
              </small>
            )}
          </>,
          <span>
            <a href={addressOf('upstreams', upstream)}>{upstream}</a>{' '}
            {deprecatedUpstream && <EndingTag of={deprecatedUpstream} />}
          </span>,
          access,
          underWay(figures),
          figures.requests.toLocaleString('en'),
          failedOf(figures),
          figures.headP50Ms === undefined ? NONE : ms(figures.headP50Ms),
          figures.headP95Ms === undefined ? NONE : ms(figures.headP95Ms),
          bytes(figures.sentBytes),
        ])}
        numbers={[3, 4, 5, 6, 7, 8]}
      />
    </section>
  );
}

function failedOf({ failures }: RouteView['figures']) {
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return failed === 0 ? '0' : <Tag tone="bad">{failed.toLocaleString('en')}</Tag>;
}
