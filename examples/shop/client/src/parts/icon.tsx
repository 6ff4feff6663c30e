import type { VNode } from 'preact';

const PATHS = {
  search:
    'M10.500 4a6.500 6.500 0 1 0 4.030 11.600l4.440 4.430 1.060-1.060-4.430-4.440A6.500 6.500 0 0 0 10.500 4Zm0 1.500a5 5 0 1 1 0 10 5 5 0 0 1 0-10Z',
  star: 'm12 3.200 2.700 5.600 6.100.800-4.500 4.300 1.100 6.100-5.400-3-5.400 3 1.100-6.100-4.500-4.300 6.100-.800z',
  clock:
    'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM11.250 8v4.300l3.300 2 .780-1.270-2.580-1.560V8z',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM11.250 8v1.600h1.500V8zm0 3.100V16h1.500v-4.900z',
  check: 'm9.600 15.900-3.500-3.500-1.100 1.100 4.600 4.600 9.400-9.400-1.100-1.100z',
  bookmark: 'M7 4h10v16l-5-3.600L7 20zm1.500 1.500v11.570l3.500-2.520 3.500 2.520V5.500z',
  ticket:
    'M3 7h18v3.500a1.500 1.500 0 0 0 0 3V17H3v-3.500a1.500 1.500 0 0 0 0-3zm1.500 1.500v.880a3 3 0 0 1 0 5.240v.880h15v-.880a3 3 0 0 1 0-5.240V8.500z',
} as const;

/** A small drawing beside words; it says nothing by itself. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
