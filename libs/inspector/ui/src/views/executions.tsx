import { useLive } from '../live';
import { addressOf, go, usePlace } from '../location';
import { Choice } from '../parts/choice';
import { Blank } from '../parts/facts';
import { Held, useHeld } from '../parts/held';
import { Icon } from '../parts/icon';
import { rove } from '../parts/roving';
import { Tag, toneOf } from '../parts/tag';
import type { ExecutionSummary } from '../server';
import { useRead } from '../use-read';
import { clock, count, ms } from '../words';
import { Execution } from './execution';

const KEPT = { recent: 'Recent', slowest: 'Slowest', incomplete: 'Incomplete', asked: 'Asked for' } as const;
type Kept = keyof typeof KEPT;
const OUTCOMES = ['complete', 'degraded', 'failed', 'departed'];

/** What became of pages, as it happens. */
export function ExecutionsView() {
  const { detail, query } = usePlace();
  const id = /^\d+$/.test(detail) ? Number(detail) : undefined;
  const filter = {
    kept: (Object.hasOwn(KEPT, query.get('kept') ?? '') ? query.get('kept') : 'recent') as Kept,
    page: query.get('page') ?? '',
    outcome: query.get('outcome') ?? '',
  };
  return (
    <>
      <div class="title">
        <h1>Executions</h1>
        <p>
          The last hundred, each page’s slowest, those that did not come out whole, and those that asked to be kept.
        </p>
      </div>
      <div class={`split executions${id === undefined ? '' : ' has-detail'}`}>
        <div class="side">
          <Filter filter={filter} />
          <List filter={filter} current={id} />
        </div>
        {id === undefined ? (
          <div class="panel placeholder">
            <p class="quiet">Choose an execution to see where its time went.</p>
          </div>
        ) : (
          <Execution id={id} back={addressOf('executions', '', shown(filter))} />
        )}
      </div>
    </>
  );
}

interface FilterProps {
  readonly filter: { readonly kept: Kept; readonly page: string; readonly outcome: string };
}

/** Only what is not the default stands in the address. */
function shown({ kept, page, outcome }: FilterProps['filter']): Record<string, string> {
  return { kept: kept === 'recent' ? '' : kept, page, outcome };
}

function Filter({ filter }: FilterProps) {
  const { value: pages = [] } = useRead('pages');
  const choose = (change: Partial<FilterProps['filter']>): void =>
    go(addressOf('executions', '', shown({ ...filter, ...change })), { replaces: true });
  return (
    <form class="filter" onSubmit={event => event.preventDefault()}>
      <Choice label="Kept for" among={KEPT} chosen={filter.kept} choose={kept => choose({ kept })} />
      <label>
        Page
        <select value={filter.page} onChange={({ currentTarget }) => choose({ page: currentTarget.value })}>
          <option value="">All</option>
          {pages.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Outcome
        <select value={filter.outcome} onChange={({ currentTarget }) => choose({ outcome: currentTarget.value })}>
          <option value="">All</option>
          {OUTCOMES.map(outcome => (
            <option key={outcome}>{outcome}</option>
          ))}
        </select>
      </label>
    </form>
  );
}

function List({ filter, current }: FilterProps & { readonly current: number | undefined }) {
  const found = useExecutions(filter);
  const { items, newer, holding } = useHeld(found ?? []);
  const tabbed = items.some(({ id }) => id === current) ? current : items[0]?.id;
  return (
    <>
      <Held newer={newer}>{count(items.length, 'execution')}</Held>
      {items.length === 0 ? (
        <Blank>{found && 'None yet. Ask for a page, or try one.'}</Blank>
      ) : (
        <ul class="list" aria-label="Executions" onKeyDown={rove} {...holding}>
          {items.map(one => (
            <Item key={one.id} one={one} isCurrent={one.id === current} isTabbed={one.id === tabbed} filter={filter} />
          ))}
        </ul>
      )}
    </>
  );
}

/** The recent ones as they happen; others are looked up now and then. */
function useExecutions({ kept, page, outcome }: FilterProps['filter']): readonly ExecutionSummary[] | undefined {
  const { executions, state } = useLive();
  const isRecent = kept === 'recent';
  const { value } = useRead('executions', {
    query: `?kept=${kept}`,
    everyMs: isRecent || state === 'paused' ? 0 : 2_000,
  });
  const all = isRecent && executions.length > 0 ? executions : value;
  return all?.filter(one => (page === '' || one.page === page) && (outcome === '' || one.outcome === outcome));
}

interface ItemProps extends FilterProps {
  readonly one: ExecutionSummary;
  readonly isCurrent: boolean;
  readonly isTabbed: boolean;
}

function Item({ one, isCurrent, isTabbed, filter }: ItemProps) {
  const { id, page, outcome, code, durationMs, budgetMs, endedAtEpochMs, troubled, isAsked } = one;
  const trouble = code ?? [...new Set(troubled.map(({ section, reason }) => `${section}: ${reason}`))].join(', ');
  return (
    <li>
      <a
        href={addressOf('executions', String(id), shown(filter))}
        aria-current={isCurrent ? 'true' : undefined}
        tabIndex={isTabbed ? 0 : -1}
      >
        <span class="item-head">
          <b>{page}</b>
          {isAsked && (
            <span class="asked" title="Asked to be kept">
              <Icon name="star" />
              <span class="hidden-words">asked to be kept</span>
            </span>
          )}
          <span class="number">{ms(durationMs)}</span>
        </span>
        <span class="meter" aria-hidden="true">
          <i class={toneOf(outcome)} style={{ width: `${Math.min(100, (durationMs / budgetMs) * 100)}%` }} />
        </span>
        <span class="item-foot">
          <Tag tone={toneOf(outcome)}>{outcome}</Tag>
          <span class="trouble">{trouble}</span>
          <time class="number" dateTime={new Date(endedAtEpochMs).toISOString()}>
            {clock(endedAtEpochMs)}
          </time>
        </span>
      </a>
    </li>
  );
}
