import type { VNode } from 'preact';
import { ageInWords, reasonInWords, type SectionState } from '../section-state';
import { Icon } from './icon';

interface SectionNoteProps {
  /** What the section shows, as a sentence begins: "Ratings". */
  readonly subject: string;
  /** Who answers for it, as a sentence begins: "The ratings service". */
  readonly service: string;
  readonly state: SectionState | undefined;
  readonly onRetry?: () => void;
}

/** Says at a section, calmly, that it is not fresh and whole; nothing when it is. */
export function SectionNote({ subject, service, state, onRetry }: SectionNoteProps): VNode | null {
  if (state === undefined) return null;
  return (
    <div class={`note note-${state.state}`}>
      <Icon name={state.state === 'stale' ? 'clock' : 'info'} />
      <p>
        <strong>{headline(subject, state)}</strong> {service} {reasonInWords(state.reason)}.
        {onRetry !== undefined && (
          <button type="button" class="link-button" onClick={onRetry}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

function headline(subject: string, state: SectionState): string {
  switch (state.state) {
    case 'stale':
      return `${subject} from ${ageInWords(state.ageMs ?? 0)} ago.`;
    case 'fallback':
      return `${subject} may be incomplete.`;
    case 'omitted':
      return `${subject} can’t be shown right now.`;
  }
}
