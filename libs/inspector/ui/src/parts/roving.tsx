/**
 * Arrow keys, Home and End move the focus within a list of links or buttons; Tab leaves it. For the list's `onKeyDown`; who has
 * `tabIndex` 0 is for the list to say.
 */
export function rove(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const isEnd = event.key === 'Home' || event.key === 'End';
  if (step === undefined && !isEnd) return;
  const items = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('a[href], button')];
  if (items.length === 0) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = isEnd
    ? event.key === 'Home'
      ? 0
      : items.length - 1
    : Math.min(items.length - 1, Math.max(0, at + step!));
  items[next]!.focus();
}
