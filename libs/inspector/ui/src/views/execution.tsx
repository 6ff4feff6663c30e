import { useEffect, useRef } from 'preact/hooks';
import { addressOf } from '../location';
import { Blank, Facts } from '../parts/facts';
import { Tag, toneOf } from '../parts/tag';
import { WaterfallChart } from '../parts/waterfall';
import { type ExecutionView, readExecution } from '../server';
import { useAsked } from '../use-read';
import { bytes, clock, count, ms, verdict } from '../words';

/** One execution: where its time went. */
export function Execution({ id, back }: { readonly id: number; readonly back: string }) {
  const { value, trouble } = useAsked(() => readExecution(id), `executions/${id}`);
  const wayBack = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // Where there is no room for the list beside it, what had the focus is gone; where there is, this is not shown.
    wayBack.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <section class="panel" aria-labelledby="execution-name">
      <a class="back" href={back} ref={wayBack}>
        ← All executions
      </a>
      {value === undefined ? <Blank trouble={trouble} /> : <Told execution={value} />}
    </section>
  );
}

/** What there is to tell of an execution. */
export function Told({ execution }: { readonly execution: ExecutionView }) {
  const { page, outcome, durationMs, budgetMs, status, waterfall, endedAtEpochMs, omittedCalls } = execution;
  return (
    <>
      <div class="panel-head">
        <h2 id="execution-name">{page}</h2>
        <Tag tone={toneOf(outcome)}>{outcome}</Tag>
        <a href={addressOf('pages', page)}>Its graph</a>
      </div>
      <p class="verdict">{verdict(execution)}</p>
      <Facts
        of={[
          ['Took', `${ms(durationMs)} of ${ms(budgetMs)}`],
          ['Answered', `${status}${waterfall.bytes > 0 ? `, ${bytes(waterfall.bytes)}` : ''}`],
          ['Ended', clock(endedAtEpochMs)],
          ['Request', <code>{execution.requestId}</code>],
          ['Trace', <code>{waterfall.traceId ?? '–'}</code>],
        ]}
      />
      <WaterfallChart execution={execution} />
      {omittedCalls > 0 && <p class="quiet">{count(omittedCalls, 'further call is', 'further calls are')} left out.</p>}
    </>
  );
}
