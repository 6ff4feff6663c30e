import type { ExecutionView } from '../server';
import { ms } from '../words';
import { toneOf } from './tag';
import { Axis, CallRows, Row, type SectionBar } from './waterfall-rows';

/** One execution, drawn over time: guards, sections with their waits, calls, attempts. */
export function WaterfallChart({ execution }: { readonly execution: ExecutionView }) {
  const { waterfall } = execution;
  const wholeMs = Math.max(waterfall.durationMs, 0.1);
  const { guardsMs, sections, criticalPath, budgetMs } = waterfall;
  return (
    <div class="waterfall">
      <Axis wholeMs={wholeMs} note={`Budget ${ms(budgetMs)}`} />
      <ol>
        <Row kind="guards" label="Guards and limits" startMs={0} durationMs={guardsMs} tone="plain" wholeMs={wholeMs} />
        {sections.map(section => (
          <SectionRows
            key={section.name}
            section={section}
            from={guardsMs}
            isCritical={criticalPath.includes(section.name)}
            wholeMs={wholeMs}
          />
        ))}
      </ol>
    </div>
  );
}

interface SectionRowsProps {
  readonly section: SectionBar;
  readonly from: number;
  readonly isCritical: boolean;
  readonly wholeMs: number;
}

function SectionRows({ section, from, isCritical, wholeMs }: SectionRowsProps) {
  const { name, isRequired, outcome, reason, startMs, durationMs, calls, needs } = section;
  const hasRun = startMs > 0 || durationMs > 0;
  const waitedMs = hasRun && needs.length > 0 ? startMs - from : 0;
  const ended = outcome === undefined ? 'not run' : reason === undefined ? outcome : `${outcome}: ${reason}`;
  return (
    <>
      <Row
        kind="section"
        label={name}
        note={
          <>
            {ended}
            {!isRequired && ' · optional'}
            {waitedMs >= 0.1 && ` · waited ${ms(waitedMs)} for ${needs.join(', ')}`}
          </>
        }
        startMs={startMs}
        durationMs={durationMs}
        {...(waitedMs >= 0.1 && { waitedFromMs: from })}
        tone={outcome === 'fresh' ? 'plain' : toneOf(outcome ?? 'omitted')}
        isCritical={isCritical}
        isEmpty={!hasRun}
        wholeMs={wholeMs}
      />
      {calls.map((call, at) => (
        <CallRows key={at} call={call} wholeMs={wholeMs} />
      ))}
    </>
  );
}
