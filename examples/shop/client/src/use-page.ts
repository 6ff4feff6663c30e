import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { askPage, type Answer } from './answer';

/** A page on its way or there. `retry` asks again; what is shown stays until the new answer is there. */
export interface PageRequest<T> {
  readonly answer: Answer<T> | undefined;
  readonly asking: boolean;
  readonly retry: () => void;
}

interface Held<T> {
  readonly path: string;
  readonly answer: Answer<T>;
}

// What the last pages said, so that going back shows them at once, where the visitor left them.
const kept = new Map<string, Held<unknown>>();
const KEPT_PAGES = 20;

/**
 * Asks for a page, again whenever `path` or `visitKey` changes; leaving cancels the request under way.
 * @param visitKey  the visit's key; with `revisit` the answer kept from that visit is shown instead
 */
export function usePage<T extends object>(path: string, visitKey: string, revisit: boolean): PageRequest<T> {
  const [held, setHeld] = useState<Held<T> | undefined>(() => recall<T>(visitKey, path, revisit));
  const [asking, setAsking] = useState(held === undefined);
  const request = useRef<AbortController | undefined>(undefined);

  const ask = useCallback(async () => {
    request.current?.abort();
    const controller = new AbortController();
    request.current = controller;
    setAsking(true);
    const answer = await askPage<T>(path, controller.signal).catch(() => undefined);
    // Without one, another request has taken over, or nobody waits any more.
    if (answer === undefined || controller.signal.aborted) return;
    keep(visitKey, { path, answer });
    setHeld({ path, answer });
    setAsking(false);
  }, [path, visitKey]);
  const start = useCallback(() => void ask(), [ask]);

  useEffect(() => {
    const recalled = recall<T>(visitKey, path, revisit);
    if (recalled !== undefined) {
      setHeld(recalled);
      setAsking(false);
      return undefined;
    }
    start();
    return () => request.current?.abort();
  }, [start]);

  return { answer: held?.path === path ? held.answer : undefined, asking, retry: start };
}

function keep(key: string, held: Held<unknown>): void {
  kept.delete(key);
  kept.set(key, held);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT_PAGES && oldest !== undefined) kept.delete(oldest);
}

function recall<T>(key: string, path: string, revisit: boolean): Held<T> | undefined {
  const held = revisit ? kept.get(key) : undefined;
  return held?.path === path && held.answer.kind === 'page' ? (held as Held<T>) : undefined;
}
