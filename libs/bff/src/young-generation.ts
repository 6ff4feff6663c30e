import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 to make every object in the young generation. A BFF's objects live as long as a page; those that V8 would guess to
 * live longer keep their whole page's data from being collected cheaply. Takes hold for code that is optimised later, so
 * call it first.
 * @see docs/decisions/0015-no-pretenuring.md
 */
export function keepPagesYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
