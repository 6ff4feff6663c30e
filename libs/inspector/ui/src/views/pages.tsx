import { Askers } from '../parts/askers';
import { DataTable } from '../parts/data-table';
import { endingFacts, EndingTag, Successor } from '../parts/ending';
import { Blank, Facts } from '../parts/facts';
import { Graph, kindOf } from '../parts/graph';
import { rove } from '../parts/roving';
import { addressOf, usePlace } from '../location';
import type { PageView, SectionView } from '../server';
import { useRead } from '../use-read';
import { ms } from '../words';
import { DeprecatedParts } from './deprecated-parts';

/** Every page as it was compiled. */
export function PagesView() {
  const { value: pages, trouble } = useRead('pages', { everyMs: 10_000 });
  const { detail } = usePlace();
  const page = pages?.find(({ name }) => name === detail) ?? pages?.[0];
  return (
    <>
      <div class="title">
        <h1>Pages</h1>
        <p>What was compiled at boot: each section starts the moment its last need is there.</p>
      </div>
      {pages === undefined || page === undefined ? (
        <Blank trouble={trouble}>{pages && 'This app has no pages.'}</Blank>
      ) : (
        <div class="split">
          <nav class="picker" aria-label="Pages" onKeyDown={rove}>
            <ul>
              {pages.map(one => (
                <li key={one.name}>
                  <a
                    href={addressOf('pages', one.name)}
                    aria-current={one === page ? 'true' : undefined}
                    tabIndex={one === page ? 0 : -1}
                  >
                    <b>{one.name}</b>
                    <small>
                      {one.method} {one.path}
                    </small>
                    {one.deprecation && <EndingTag of={one.deprecation} />}
                  </a>
                  {one.deprecation?.successor && (
                    <span class="instead">
                      instead: <Successor of={one.deprecation.successor} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </nav>
          <Page page={page} />
        </div>
      )}
    </>
  );
}

function Page({ page }: { readonly page: PageView }) {
  const { name, method, path, summary, budgetMs, priority, cacheControl, inputs, sections, criticalPath, deprecation } =
    page;
  return (
    <section class="panel" aria-labelledby="page-name">
      <div class="panel-head">
        <h2 id="page-name">{name}</h2>
        <code>
          {method} {path}
        </code>
        {method === 'GET' && <a href={addressOf('try', name)}>Try it</a>}
        <a href={addressOf('executions', '', { page: name })}>Executions</a>
      </div>
      {summary !== undefined && <p class="quiet">{summary}</p>}
      {deprecation && (
        <div class={`ending ${deprecation.state}`}>
          <EndingTag of={deprecation} />
          <Facts of={endingFacts(deprecation)} />
        </div>
      )}
      <Facts
        of={[
          ['Budget', ms(budgetMs)],
          ['Reads', inputs.length > 0 ? [...new Set(inputs)].join(', ') : 'nothing'],
          ['Priority', priority],
          ['Cached by clients', cacheControl ?? 'no-store'],
          ['Critical path', criticalPath.join(' → ')],
        ]}
      />
      <Graph page={page} />
      <ul class="legend" aria-label="How the graph is drawn">
        <li class="required">required</li>
        <li class="optional">optional</li>
        <li class="internal">internal, not in the answer</li>
        <li class="critical">on the critical path, by declared timeouts</li>
        <li class="tolerant">need that may be missing</li>
      </ul>
      <h3>Sections</h3>
      <DataTable
        caption={`The sections of ${name}`}
        columns={['Section', 'Kind', 'Level', 'Needs', 'Timeout', 'Without it', 'Asks, as seen']}
        rows={sections.map(section => [
          section.name,
          section.isOn ? kindOf(section) : `${kindOf(section)}, switched off`,
          section.level,
          needsOf(section),
          section.timeoutMs === undefined ? 'the budget' : ms(section.timeoutMs),
          section.hasFallback ? 'fallback' : section.isRequired ? 'page fails' : 'omitted',
          <Calls section={section} />,
        ])}
        numbers={[2]}
      />
      <DeprecatedParts page={page} />
      {deprecation && (
        <>
          <h3>Who still asks</h3>
          <Askers of={deprecation.askers} what={name} />
        </>
      )}
    </section>
  );
}

function needsOf({ needs }: SectionView): string {
  if (needs.length === 0) return '–';
  return needs.map(({ section, isTolerant }) => (isTolerant ? `${section} (maybe)` : section)).join(', ');
}

function Calls({ section: { calls } }: { readonly section: SectionView }) {
  if (calls.length === 0) return <span class="quiet">nothing yet</span>;
  return (
    <ul class="calls">
      {calls.map(({ upstream, call }) => (
        <li key={upstream + call}>
          <a href={addressOf('upstreams', upstream)}>{upstream}</a> <code>{call}</code>
        </li>
      ))}
    </ul>
  );
}
