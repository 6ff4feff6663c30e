/** How a section came out when it is not fresh and whole: an entry of the answer's `_sections`. */
export interface SectionState {
  readonly state: 'stale' | 'fallback' | 'omitted';
  readonly reason: string;
  /** Of a stale section: how old its value is, in milliseconds. */
  readonly ageMs?: number;
}

/** The answer's `_sections`: a section that is not named here is fresh. */
export type SectionStates = Readonly<Record<string, SectionState | undefined>>;

/** What went wrong behind a section, as the end of a sentence that began with who did it. Any unknown code has words too. */
export function reasonInWords(code: string): string {
  return REASONS[code] ?? 'is not available';
}

/** `ageMs` as people say it: "4 s", "3 min", "2 h". */
export function ageInWords(ageMs: number): string {
  const seconds = Math.max(1, Math.round(ageMs / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

const REASONS: Readonly<Record<string, string>> = {
  'upstream-timeout': 'took too long to answer',
  'upstream-refused': 'could not be reached',
  'upstream-reset': 'hung up before it had answered',
  'upstream-status': 'could not answer',
  'upstream-malformed': 'gave an answer that made no sense',
  'upstream-too-large': 'gave an answer that was too long',
  'circuit-open': 'has failed too often and is being given a rest',
  'bulkhead-full': 'is too busy',
  'no-instances': 'has nobody at the counter',
  'identity-missing': 'wants to know who you are',
  'identity-unavailable': 'could not be told who you are',
  'deadline-exceeded': 'did not answer in time',
  shed: 'is too busy',
  'need-missing': 'lacks something that it needs',
  'switched-off': 'is switched off',
};
