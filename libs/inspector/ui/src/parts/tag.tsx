import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

/** What a state means, told by colour, drawing and word alike. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'plain';

const ICONS: Readonly<Record<Tone, IconName | undefined>> = {
  good: 'check',
  warn: 'warn',
  bad: 'cross',
  idle: 'skip',
  plain: undefined,
};

/** Tones by the words for how things end and stand. */
export const TONES: Readonly<Record<string, Tone>> = {
  complete: 'good',
  answered: 'good',
  fresh: 'good',
  succeeded: 'good',
  serving: 'good',
  closed: 'good',
  degraded: 'warn',
  stale: 'warn',
  fallback: 'warn',
  'half-open': 'warn',
  'warming-up': 'warn',
  'last-known-good': 'warn',
  failed: 'bad',
  cut: 'bad',
  open: 'bad',
  ejected: 'bad',
  omitted: 'idle',
  cancelled: 'idle',
  departed: 'idle',
  unknown: 'idle',
  off: 'idle',
};

/** @returns the tone of a word; `plain` where it has none */
export function toneOf(word: string | undefined): Tone {
  return (word !== undefined && TONES[word]) || 'plain';
}

/** A state in a word. */
export function Tag({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  const icon = ICONS[tone];
  return (
    <span class={`tag ${tone}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}
