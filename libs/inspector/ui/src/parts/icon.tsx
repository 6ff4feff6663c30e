const PATHS = {
  check: 'M3.5 8.5 6.5 11.5 12.500 4.500',
  cross: 'M4 4 12 12M12 4 4 12',
  warn: 'M8 2.500 14.500 13.500H1.500ZM8 6.500V9.500M8 11.500v.2',
  leave: 'M9 3H3.500v10H9M7 8h6.500M11 5.500 13.500 8 11 10.500',
  dot: 'M8 5.500a2.500 2.500 0 1 0 .01 0Z',
  skip: 'M3 8h10',
  again: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  clock: 'M8 2a6 6 0 1 0 .01 0ZM8 4.500V8l2.500 1.500',
  star: 'M8 2v12M2 8h12M4 4l8 8M12 4 4 12',
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside words that say the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
