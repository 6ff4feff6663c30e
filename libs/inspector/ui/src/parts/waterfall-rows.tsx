import type { ComponentChildren } from 'preact';
import type { ExecutionView } from '../server';
import { bytes, count, ms } from '../words';
import { Icon } from './icon';
import { type Tone, toneOf } from './tag';

export type SectionBar = ExecutionView['waterfall']['sections'][number];
export type CallBar = SectionBar['calls'][number];
type AttemptBar = CallBar['attempts'][number];

interface RowProps {
  readonly kind: 'guards' | 'section' | 'call' | 'attempt';
  readonly label: ComponentChildren;
  /** What more there is to say, in words. */
  readonly note?: ComponentChildren;
  readonly startMs: number;
  readonly durationMs: number;
  /** From when on it waited for its needs. */
  readonly waitedFromMs?: number;
  readonly tone: Tone;
  readonly isCritical?: boolean;
  readonly isEmpty?: boolean;
  readonly wholeMs: number;
}

/** A call and its attempts. */
export function CallRows({ call, wholeMs }: { readonly call: CallBar; readonly wholeMs: number }) {
  const { upstream, outcome, code, attempts, startMs, durationMs } = call;
  const how = [
    outcome === 'failed' ? (code ?? 'failed') : outcome === 'cancelled' ? 'cancelled' : undefined,
    call.subset !== undefined && `subset ${call.subset}`,
    call.leftSubset !== undefined && `left ${call.leftSubset}`,
    call.isCached && 'from the cache',
    call.isShared && 'shared with an equal call',
    call.isQueued && 'waited for a place',
    call.isRetryRefused && 'retry refused by the budget',
    attempts.length > 1 && count(attempts.length, 'attempt'),
  ].filter(Boolean);
  return (
    <>
      <Row
        kind="call"
        label={
          <>
            {upstream} <code>{call.call}</code>
          </>
        }
        note={how.join(' · ')}
        startMs={startMs}
        durationMs={durationMs}
        tone={outcome === 'failed' ? 'bad' : outcome === 'cancelled' ? 'idle' : 'plain'}
        wholeMs={wholeMs}
      />
      {attempts.map(attempt => (
        <AttemptRow key={attempt.number} attempt={attempt} wholeMs={wholeMs} />
      ))}
    </>
  );
}

function AttemptRow({ attempt, wholeMs }: { readonly attempt: AttemptBar; readonly wholeMs: number }) {
  const { instance, kind, outcome, code, status, bytes: size, headMs, startMs, durationMs } = attempt;
  const ended = outcome === undefined ? 'goes on for others' : outcome === 'failed' ? (code ?? 'failed') : outcome;
  const head = headMs !== undefined && `its head after ${ms(headMs)}`;
  const answer = [status > 0 && `status ${status}`, size > 0 && bytes(size), head].filter(Boolean).join(', ');
  return (
    <Row
      kind="attempt"
      label={
        <>
          {kind !== 'first' && <b class="further">{kind}</b>} {instance}
        </>
      }
      note={answer ? `${ended} · ${answer}` : ended}
      startMs={startMs}
      durationMs={durationMs}
      tone={outcome === 'succeeded' ? 'plain' : toneOf(outcome)}
      wholeMs={wholeMs}
    />
  );
}

const MARKS = { good: 'check', warn: 'warn', bad: 'cross', idle: 'skip' } as const;

/** One thing that took its time. */
export function Row({
  kind,
  label,
  note,
  startMs,
  durationMs,
  waitedFromMs,
  tone,
  isCritical,
  isEmpty,
  wholeMs,
}: RowProps) {
  const at = (value: number): string => `${Math.min(100, (value / wholeMs) * 100)}%`;
  const width = (value: number): string =>
    `${Math.min(100 - Math.min(100, (startMs / wholeMs) * 100), (value / wholeMs) * 100)}%`;
  return (
    <li class={`row ${kind} ${tone}${isCritical ? ' critical' : ''}`}>
      <span class="label">
        {tone !== 'plain' && <Icon name={MARKS[tone]} />}
        <span class="words">{label}</span>
        {isCritical && <em>critical</em>}
      </span>
      <span class="value">{isEmpty ? '–' : ms(durationMs)}</span>
      {note ? <span class="note">{note}</span> : null}
      <span class="track" aria-hidden="true">
        {waitedFromMs !== undefined && (
          <i class="wait" style={{ left: at(waitedFromMs), width: at(startMs - waitedFromMs) }} />
        )}
        {!isEmpty && <i class="bar" style={{ left: at(startMs), width: width(durationMs) }} />}
      </span>
    </li>
  );
}

/** The scale of the rows below it. @param note  what stands beside it */
export function Axis({ wholeMs, note }: { readonly wholeMs: number; readonly note: string }) {
  const step = stepOf(wholeMs);
  const ticks = Array.from({ length: Math.floor(wholeMs / step) + 1 }, (_, n) => n * step);
  return (
    <div class="axis" aria-hidden="true">
      <span>{note}</span>
      <span class="scale">
        {ticks.map(tick => (
          <i key={tick} style={{ left: `${(tick / wholeMs) * 100}%` }}>
            {tick / wholeMs < 0.86 && <b>{ms(tick)}</b>}
          </i>
        ))}
      </span>
    </div>
  );
}

/** A round number of which three to six fit in. */
function stepOf(wholeMs: number): number {
  const rough = wholeMs / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map(factor => factor * magnitude).find(step => step >= rough) ?? rough;
}
