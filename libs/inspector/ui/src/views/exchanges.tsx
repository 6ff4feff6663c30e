import { useLive } from '../live';
import { addressOf, go, usePlace } from '../location';
import { Choice } from '../parts/choice';
import { DataTable } from '../parts/data-table';
import { Blank } from '../parts/facts';
import { Held, useHeld } from '../parts/held';
import type { ExchangeSummary, RouteView } from '../server';
import { useRead } from '../use-read';
import { bodies, clock, count, ms, NONE } from '../words';
import { ExchangeOutcome } from './exchange-outcome';

const KEPT = { recent: 'Recent', slowest: 'Slowest', failed: 'Failed' } as const;
type Kept = keyof typeof KEPT;
/** As long as a table is read. */
const SHOWN = 50;

interface ExchangesProps {
  readonly routes: readonly RouteView[];
  /** The one they are of; undefined: all. */
  readonly route: string | undefined;
}

/** @returns the address of a list of exchanges. @param exchange  one of them that is looked at; none: empty */
export function exchangesAddress(route: string | undefined, kept: string | null, exchange = ''): string {
  return addressOf('routes', route ?? '', { kept: kept === null || kept === 'recent' ? '' : kept, exchange });
}

/** What became of exchanges, as it happens. */
export function Exchanges({ routes, route }: ExchangesProps) {
  const { query } = usePlace();
  const kept = (Object.hasOwn(KEPT, query.get('kept') ?? '') ? query.get('kept') : 'recent') as Kept;
  const show = (change: { readonly kept?: Kept; readonly route?: string }): void =>
    go(exchangesAddress(change.route ?? route, change.kept ?? kept), { replaces: true });
  return (
    <section class="panel" aria-labelledby="exchanges">
      <h2 id="exchanges">Exchanges</h2>
      <p class="quiet">
        The last hundred, each route’s slowest to begin to answer, and those that failed. What a guard or a limit
        refused is not among them.
      </p>
      <form class="filter beside" onSubmit={event => event.preventDefault()}>
        <Choice label="Kept for" among={KEPT} chosen={kept} choose={value => show({ kept: value })} />
        <label>
          Route
          <select value={route ?? ''} onChange={({ currentTarget }) => show({ route: currentTarget.value })}>
            <option value="">All</option>
            {routes.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </form>
      <List kept={kept} route={route} current={query.get('exchange')} />
    </section>
  );
}

interface ListProps {
  readonly kept: Kept;
  readonly route: string | undefined;
  /** The id of the one that is looked at. */
  readonly current: string | null;
}

function List({ kept, route, current }: ListProps) {
  const found = useExchanges(kept, route);
  const { items, newer, holding } = useHeld(found ?? []);
  if (items.length === 0) return <Blank>{found && 'None yet.'}</Blank>;
  const shown = items.slice(0, SHOWN);
  const told = shown.length < items.length ? `${shown.length} of ${items.length} exchanges` : undefined;
  return (
    <div {...holding}>
      <Held newer={newer}>{told ?? count(items.length, 'exchange')}</Held>
      <DataTable
        caption="Exchanges"
        columns={[
          'Ended',
          route === undefined ? 'Route' : 'Method',
          'Outcome',
          'To the head',
          'In all',
          'Bodies',
          'Asked',
          'Request',
        ]}
        rows={shown.map(one => [
          <a
            href={exchangesAddress(route, kept, String(one.id))}
            aria-current={String(one.id) === current ? 'true' : undefined}
          >
            <time dateTime={new Date(one.endedAtEpochMs).toISOString()}>{clock(one.endedAtEpochMs)}</time>
          </a>,
          <code>{route === undefined ? one.route : one.method}</code>,
          <ExchangeOutcome of={one} />,
          one.headMs === undefined ? NONE : ms(one.headMs),
          one.isLasting ? `${ms(one.durationMs)}, lasting` : ms(one.durationMs),
          bodies(one),
          <Attempts of={one} />,
          <code>{one.requestId}</code>,
        ])}
        numbers={[3, 4]}
      />
    </div>
  );
}

/** The recent ones as they happen; others are looked up now and then. */
function useExchanges(kept: Kept, route: string | undefined): readonly ExchangeSummary[] | undefined {
  const { exchanges, state } = useLive();
  const isRecent = kept === 'recent';
  const { value } = useRead('exchanges', {
    query: `?kept=${kept}`,
    everyMs: isRecent || state === 'paused' ? 0 : 2_000,
  });
  const all = isRecent && exchanges.length > 0 ? exchanges : value;
  return all?.filter(one => route === undefined || one.route === route);
}

function Attempts({ of: { attempts } }: { readonly of: ExchangeSummary }) {
  if (attempts.length === 0) return <span class="quiet">nobody</span>;
  return (
    <ul class="calls">
      {attempts.map((one, at) => (
        <li key={at}>
          {one.kind !== 'first' && <b class="further">{one.kind}</b>} <code>{one.instance}</code>
          {whyOf(one)}
        </li>
      ))}
    </ul>
  );
}

/** @returns what became of an attempt, where it was no success */
function whyOf({ code, outcome, status }: ExchangeSummary['attempts'][number]): string {
  if (outcome === 'cancelled') return ', cancelled';
  return code === undefined ? '' : `, ${status > 0 ? status : code}`;
}
