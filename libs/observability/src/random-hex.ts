import { randomFillSync } from 'node:crypto';

// Drawn and written in blocks: a piece of a text costs less than writing eight bytes as hex.
const bytes = Buffer.allocUnsafe(4096);
let digits = '';
let used = 0;

/** @returns random bytes as lower-case hex digits, two a byte, never all zeros: that is "invalid" to the W3C */
export function randomHex(count: number): string {
  const end = used + 2 * count;
  if (end > digits.length) {
    digits = randomFillSync(bytes).toString('hex');
    used = 0;
    return randomHex(count);
  }
  const hex = digits.slice(used, end);
  used = end;
  // It comes once in 2^64.
  return hex.startsWith('00000000') && Number.parseInt(hex, 16) === 0 ? randomHex(count) : hex;
}
