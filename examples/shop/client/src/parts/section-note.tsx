import type { VNode } from 'preact';
import { ageInWords, reasonInWords, type SectionState } from '../section-state';
import { Icon } from './icon';

interface SectionNoteProps {
  /** What the section shows, as a sentence begins: "Ratings". */
  readonly subject: string;
  /** Who answers for it, as a sentence begins: "The ratings service". */
  readonly service: string;
  readonly state: SectionState | undefined;
  /** What stands there instead when the state is `fallback`, as a sentence; without it the fallback shows nothing. */
  readonly instead?: string;
  readonly onRetry?: () => void;
}

/** Says at a section, calmly, that it is not fresh and whole; nothing when it is. */
export function SectionNote({ subject, service, state, instead, onRetry }: SectionNoteProps): VNode | null {
  if (state === undefined) return null;
  return (
    <div class={`note note-${state.state}`}>
      <Icon name={state.state === 'stale' ? 'clock' : 'info'} />
      <p>
        <strong>{headline(subject, state, instead)}</strong> {service} {reasonInWords(state.reason)}.
        {onRetry !== undefined && (
          <button type="button" class="link-button" onClick={onRetry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

function headline(subject: string, state: SectionState, instead: string | undefined): string {
  switch (state.state) {
    case 'stale':
      return `${subject} from ${ageInWords(state.ageMs ?? 0)} ago.`;
    case 'fallback':
    case 'omitted':
      return instead !== undefined && state.state === 'fallback' ? instead : `${subject} can’t be shown right now.`;
  }
}
