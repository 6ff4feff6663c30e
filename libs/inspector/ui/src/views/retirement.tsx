import { addressOf, go, usePlace } from '../location';
import { clientWords, versionWords } from '../parts/askers';
import { Choice } from '../parts/choice';
import { DataTable } from '../parts/data-table';
import { CallName, EndingTag, Successor, When } from '../parts/ending';
import { Blank } from '../parts/facts';
import type { DeprecatedCallView, DeprecatedView, DeprecationView } from '../server';
import { useRead } from '../use-read';
import { count, NONE } from '../words';

const STATES = {
  '': 'All',
  announced: 'Announced',
  deprecated: 'Deprecated, no end said',
  ending: 'Ending',
  ended: 'Ended',
} as const;
type State = keyof typeof STATES;

/** All that is on its way out, what ends soonest first, and who still uses it. */
export function RetirementView() {
  const asked = usePlace().query.get('state') ?? '';
  const state = (Object.hasOwn(STATES, asked) ? asked : '') as State;
  const { value, trouble } = useRead('deprecations', { query: state && `?state=${state}`, everyMs: 5_000 });
  return (
    <>
      <div class="title">
        <h1>Retirement</h1>
        <p>What is deprecated, what ends soonest first, and who still used it since the app’s start.</p>
      </div>
      <form class="filter wide" onSubmit={event => event.preventDefault()}>
        <Choice
          label="State"
          among={STATES}
          chosen={state}
          choose={chosen => go(addressOf('retirement', '', { state: chosen }), { replaces: true })}
        />
      </form>
      {value === undefined ? (
        <Blank trouble={trouble} />
      ) : (
        <div class="stack">
          <Served pages={value.pages} routes={value.routes} />
          <Calls calls={value.calls} />
        </div>
      )}
    </>
  );
}

function Served({
  pages,
  routes,
}: {
  readonly pages: readonly DeprecatedView[];
  readonly routes: readonly DeprecatedView[];
}) {
  const all = [...pages.map(one => ({ one, view: 'pages' })), ...routes.map(one => ({ one, view: 'routes' }))];
  return (
    <section class="panel" aria-labelledby="served">
      <h2 id="served">Pages and routes</h2>
      {all.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <DataTable
          caption="Deprecated pages and routes"
          columns={['What', 'State', 'Deprecated', 'End', 'Instead', 'Requests', 'Most by']}
          rows={all.map(({ one, view }) => [
            <a class="what" href={addressOf(view, one.name)}>
              {view === 'pages' ? one.name : <code>{one.name}</code>}
            </a>,
            <EndingTag of={one} />,
            <When at={one.since} inMs={one.sinceInMs} />,
            <When at={one.sunset} inMs={one.sunsetInMs} />,
            <Successor of={one.successor} />,
            one.askers?.requests.toLocaleString('en') ?? NONE,
            mostBy(one.askers),
          ])}
          numbers={[5]}
        />
      )}
    </section>
  );
}

function mostBy(askers: DeprecationView['askers']): string {
  const most = askers?.clients[0];
  if (most === undefined) return NONE;
  const others = askers!.clients.length - 1 + askers!.omitted.clients;
  return `${clientWords(most.client)}, version ${versionWords(most.version)}${others > 0 ? `, and ${count(others, 'other')}` : ''}`;
}

function Calls({ calls }: { readonly calls: readonly DeprecatedCallView[] }) {
  return (
    <section class="panel" aria-labelledby="calls">
      <h2 id="calls">Calls of upstreams</h2>
      <p class="quiet">
        As they were seen to be made. What the sources may call, <code>npx guichet map</code> tells.
      </p>
      {calls.length === 0 ? (
        <p class="quiet">None.</p>
      ) : (
        <DataTable
          caption="Deprecated calls of upstreams"
          columns={['Call', 'State', 'Deprecated', 'End', 'Instead', 'Calls', 'Made by']}
          rows={calls.map(call => [
            <span class="what">
              <CallName of={call} />
            </span>,
            <EndingTag of={call} />,
            <When at={call.since} inMs={call.sinceInMs} />,
            <When at={call.sunset} inMs={call.sunsetInMs} />,
            call.successor ?? NONE,
            call.count.toLocaleString('en'),
            <Uses call={call} />,
          ])}
          numbers={[5]}
        />
      )}
    </section>
  );
}

function Uses({ call: { uses, omitted, call: own } }: { readonly call: DeprecatedCallView }) {
  if (uses.length === 0) return <span class="quiet">nobody yet</span>;
  return (
    <ul class="calls">
      {uses.map(({ route, call, count: made, sections }) => (
        <li key={`${call} ${route}`}>
          {sections.length === 0 ? (
            <code>{route === 'none' ? 'outside of requests' : route}</code>
          ) : (
            sections.map(({ page, section }, at) => (
              <>
                {at > 0 && ', '}
                <a href={addressOf('pages', page)}>{page}</a>.{section}
              </>
            ))
          )}
          {own === undefined && (
            <>
              {' '}
              by <code>{call}</code>
            </>
          )}
          {made !== undefined && `, ${count(made, 'call')}`}
        </li>
      ))}
      {omitted.uses > 0 && <li class="quiet">{`${count(omitted.uses, 'other')}, ${count(omitted.count, 'call')}`}</li>}
    </ul>
  );
}
