import type { BffSettings } from './bff-under-test.js';

/** What a promise rests on, taken away: its proof must notice, or it proves nothing. */
export interface Weakening {
  /** What is missing, as in: without ... */
  readonly without: string;
  /** Wins over what the promise's own rig says. */
  readonly settings: BffSettings;
  /** A part of the goal that is then missed. */
  readonly breaks: string;
}

let current: Weakening | undefined;

/** From now on every BFF of the rig starts like this. */
export function weaken(weakening: Weakening): void {
  current = weakening;
}

/** @returns these settings, without what is taken away */
export function weakened(settings: BffSettings): BffSettings {
  if (!current) return settings;
  const { defaults, bff, discovery, ...others } = current.settings;
  return {
    ...settings,
    ...others,
    defaults: { ...settings.defaults, ...defaults },
    bff: { ...settings.bff, ...bff },
    discovery: { ...settings.discovery, ...discovery },
  };
}
