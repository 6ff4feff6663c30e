import { useCallback, useEffect, useState } from 'preact/hooks';
import { read, type Readable, Refused } from './server';

/** What came of reading something. */
export interface Reading<T> {
  readonly value: T | undefined;
  /** In words. */
  readonly trouble: string | undefined;
  readonly again: () => void;
}

/** Told once when the server wants to know who asks. */
export const locked = new EventTarget();

/**
 * Reads something now and whenever `version` changes; what was read before stays until then.
 * @param everyMs  reads it again and again while the page is seen
 */
export function useRead<K extends keyof Readable>(
  what: K,
  { query = '', version = 0, everyMs = 0 }: { query?: string; version?: number; everyMs?: number } = {},
): Reading<Readable[K]> {
  return useAsked(() => read(what, query), `${what}${query}`, version, everyMs);
}

/** The same for anything that is asked for. @param key  what it is; with another, what was known is forgotten */
export function useAsked<T>(ask: () => Promise<T>, key: string, version = 0, everyMs = 0): Reading<T> {
  const [known, setKnown] = useState<{ key: string; value?: T; trouble?: string }>({ key });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isWanted = true;
    ask().then(
      value => isWanted && setKnown({ key, value }),
      (error: unknown) => {
        if (error instanceof Refused && error.status === 401) locked.dispatchEvent(new Event('locked'));
        if (isWanted)
          setKnown(before => ({ ...(before.key === key && before), key, trouble: (error as Error).message }));
      },
    );
    return () => void (isWanted = false);
  }, [key, version, turn]);
  useEffect(() => {
    if (everyMs === 0) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && setTurn(n => n + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const again = useCallback(() => setTurn(n => n + 1), []);
  const isCurrent = known.key === key;
  return { value: isCurrent ? known.value : undefined, trouble: isCurrent ? known.trouble : undefined, again };
}
