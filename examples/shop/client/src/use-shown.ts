import { useLayoutEffect } from 'preact/hooks';
import type { Answer } from './answer';

/** Stands for the answer on a page that asks the BFF for nothing. */
export const NOTHING_ASKED: Answer<object> = { kind: 'page', payload: {}, states: {} };

/**
 * Tells the frame, once per answer, that a page stands.
 * @param titleOf  the window's title for a payload; a problem's own title stands for itself
 */
export function useShown<T>(
  answer: Answer<T> | undefined,
  onShown: (title: string) => void,
  titleOf: (payload: T) => string,
): void {
  useLayoutEffect(() => {
    if (answer !== undefined) onShown(answer.kind === 'page' ? titleOf(answer.payload) : answer.problem.title);
  }, [answer]);
}
