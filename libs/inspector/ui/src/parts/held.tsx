import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { count } from '../words';

/** A list that keeps still while it is looked at closely. */
export interface HeldList<T> {
  readonly items: readonly T[];
  /** How many there are by now that are not among them. */
  readonly newer: number;
  /** For the element that the list is in. */
  readonly holding: Readonly<Record<'onMouseEnter' | 'onMouseLeave' | 'onFocusIn' | 'onFocusOut', () => void>>;
}

/** What is pointed at or has the focus must not move away: what is new waits. */
export function useHeld<T extends { readonly id: number }>(found: readonly T[]): HeldList<T> {
  const [isHeld, setHeld] = useState(false);
  const held = useRef<readonly T[]>([]);
  if (!isHeld) held.current = found;
  const isEmpty = held.current.length === 0;
  const newer = isHeld && !isEmpty ? found.filter(({ id }) => !held.current.some(one => one.id === id)).length : 0;
  const [hold, letGo] = [() => setHeld(true), () => setHeld(false)];
  return {
    items: isHeld && !isEmpty ? held.current : found,
    newer,
    holding: { onMouseEnter: hold, onMouseLeave: letGo, onFocusIn: hold, onFocusOut: letGo },
  };
}

/** Says what a held list shows, or what waits. */
export function Held({ newer, children }: { readonly newer: number; readonly children: ComponentChildren }) {
  return (
    <p class="held" role="status">
      {newer > 0 ? `${count(newer, 'new one', 'new ones')}, shown when you leave the list` : children}
    </p>
  );
}
